import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Controller, Get, Module, Res } from '@nestjs/common';
import { MillraceCoreModule } from '@millrace/core';
import { type FastifyReply, rawResponseOf } from '@millrace/core/http';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { CertificateMaker } from '../support/certificates.js';
import { waitFor } from '../support/waiting.js';

/** Far less than Node waits for the head of a request. */
const PROMPT = { deadline: 30_000 };

const waiting: (() => void)[] = [];

@Controller()
class Answers {
  @Get('soon')
  soon(): string {
    return 'soon';
  }

  @Get('endless')
  endless(@Res() response: object): void {
    const raw = rawResponseOf(response);
    if ('hijack' in response) (response as FastifyReply).hijack();
    raw.write('some');
  }

  @Get('later')
  later(): Promise<string> {
    return new Promise((resolve) => waiting.push(() => resolve('later')));
  }
}

@Module({ imports: [MillraceCoreModule], controllers: [Answers] })
class AnswersModule {}

describe.each(
  BOTH_HTTP_ADAPTERS.flatMap((adapter) => [
    { adapter, tls: false },
    { adapter, tls: true },
  ]),
)('A shutdown with connections that carried no request: %j', ({ adapter, tls }) => {
  let certificates: CertificateMaker;
  let running: RunningApplication;
  const sockets: Socket[] = [];
  beforeAll(async () => (certificates = await CertificateMaker.create()));
  afterAll(() => certificates.remove());
  beforeEach(async () => {
    const certificate = tls ? { tls: await certificates.make() } : {};
    running = await startApplication([AnswersModule], { adapter, sockets: false, ...certificate });
    waiting.length = 0;
  });
  afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));

  const open = async (secure = tls): Promise<{ socket: Socket; state: { text: string; closed: boolean } }> => {
    const port = Number(new URL(running.url).port);
    const socket = secure
      ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
      : connect(port, '127.0.0.1');
    sockets.push(socket);
    const state = { text: '', closed: false };
    socket.on('error', () => undefined).on('close', () => (state.closed = true));
    socket.on('data', (data: Buffer) => (state.text += data.toString()));
    await new Promise((resolve) => socket.once(secure ? 'secureConnect' : 'connect', resolve));
    return { socket, state };
  };
  const close = (): { ended: boolean } => {
    const state = { ended: false };
    void running.close().then(() => (state.ended = true));
    return state;
  };

  it.each([
    ['nothing was sent', ''],
    ['half a request was sent', 'GET /soon HTTP/1.1\r\nHost: a\r\n'],
  ])('ends those on which %s', async (_what, text) => {
    for (let count = 0; count < 3; count += 1) (await open()).socket.write(text);
    const quiet = await open(false);
    // Served, so that all of them have reached the server.
    const { socket, state } = await open();
    socket.write('GET /soon HTTP/1.1\r\nHost: a\r\n\r\n');
    await waitFor('the answer', () => state.text.includes('soon'));
    const end = close();
    await waitFor('the end of the application', () => end.ended, PROMPT);
    await waitFor('the end of the connection', () => quiet.state.closed);
  });

  it('answers what was asked before the process stood still for longer than a connection has for its first request', async () => {
    const { socket, state } = await open();
    // Served, so that the other one has reached the server.
    const served = await open();
    served.socket.write('GET /soon HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await waitFor('the answer', () => served.state.text.includes('soon'));
    const end = close();
    await new Promise((resolve) => setImmediate(resolve));
    socket.write('GET /soon HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    await waitFor('the end of the application', () => end.ended, PROMPT);
    await waitFor('the end of the connection', () => state.closed);
    expect(state.text).toMatch(/^HTTP\/1.1 (200|503) /);
  });

  it('answers what was asked, also by a connection that was just opened', async () => {
    const [first, second] = [await open(), await open()];
    first.socket.write('GET /later HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await waitFor('the request', () => waiting.length === 1);
    const end = close();
    second.socket.write('GET /soon HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    // Fastify tells that it closes.
    await waitFor('the second answer', () => /^HTTP\/1.1 (200|503) /.test(second.state.text));
    const until = Date.now() + 1000;
    await waitFor('more than a connection has for its first request', () => Date.now() > until);
    expect([first.state.closed, end.ended]).toEqual([false, false]);
    waiting[0]?.();
    await waitFor('the end of the application', () => end.ended, PROMPT);
    expect(first.state.text).toMatch(/later$/);
  });
});

describe.each(BOTH_HTTP_ADAPTERS)('A shutdown after readers by fetch went away, on %s', (adapter) => {
  it('does not wait for the connections that their clients opened in reserve', async () => {
    const running = await startApplication([AnswersModule], { adapter, sockets: false });
    let connections = 0;
    running.app.getHttpServer().on('connection', () => (connections += 1));
    const controller = new AbortController();
    const { body } = await fetch(`${running.url}/endless`, { signal: controller.signal });
    await body?.getReader().read();
    controller.abort();
    await waitFor('the connection in reserve', () => connections === 2);
    let ended = false;
    void running.close().then(() => (ended = true));
    await waitFor('the end of the application', () => ended, PROMPT);
  });
});
