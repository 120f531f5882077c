import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { Body, Controller, Module, Post, Req } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AuthModule, developmentUsers } from '@millrace/auth';
import { ConnectivityModule } from '@millrace/connectivity';
import { SlowBodies, type SlowBodiesOptions } from '@millrace/core/http';
import { MillraceCoreModule, MillraceWsAdapter, Public, RawBody, readBody } from '@millrace/core';
import { RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';

/** What the slow reader of the application waits for before it goes on. */
const held: (() => void)[] = [];

@Public()
@Controller()
class Host {
  constructor(rawBody: RawBody) {
    rawBody.claim((method, path) => method === 'POST' && path === '/busy');
  }

  /** Read by the framework's own parser. */
  @Post('host')
  host(@Body() body: unknown): unknown {
    return body;
  }

  /** Reads nothing until the test says so. */
  @Post('busy')
  async busy(@Req() request: object): Promise<number> {
    await new Promise<void>((resolve) => held.push(resolve));
    return (await readBody(request, 10_000_000)).length;
  }
}

@Module({ imports: [MillraceCoreModule], controllers: [Host] })
class HostModule {}

const IMPORTS = () => [
  AuthModule.forRoot({
    jwt: { secret: 'x'.repeat(40) },
    users: developmentUsers(),
    publicAreas: ['streams'],
  }),
  StreamStoreModule.forRoot({ store: memoryStore() }),
  ConnectivityModule.forRoot({ bypassFramework: true, public: true }),
  RpcModule.forRoot({ public: true }),
  HostModule,
];

/** Long enough that what comes steadily is not too slow on any machine. */
const PATIENT = { window: 2000, minBytes: 500 };
/** For what is too slow by far. */
const PROMPT = { ...PATIENT, window: 500 };
const WINDOW = PATIENT.window;
const PART = [
  '--b',
  'Content-Disposition: form-data; name="entries"; filename="x"',
  'Content-Type: application/octet-stream',
  '',
  '',
].join('\r\n');

const BODIES: readonly (readonly [name: string, path: string, type: string, begin: string])[] = [
  ['a login', '/token', 'application/x-www-form-urlencoded', 'username=me&password='],
  ['a login as a form', '/token', 'multipart/form-data; boundary=b', '--b\r\nContent-Disp'],
  ['an upload', '/data/camera', 'multipart/form-data; boundary=b', PART],
  ['an upload within the head of a part', '/data/camera', 'multipart/form-data; boundary=b', '--b\r\nContent-'],
  ['a publication past the framework', '/publish', 'application/json', '{"partition":"p","connections":['],
  ['a call', '/rpc', 'application/json', '{"jsonrpc":"2.0","method":"'],
  ['a body of the host', '/host', 'application/json', '{"a":"'],
];

interface Exchange {
  readonly answer: () => string;
  readonly isClosed: () => boolean;
  write(text: string): void;
  end(text: string): void;
}

describe.each(BOTH_HTTP_ADAPTERS)('Bodies that come slowly on %s', (adapter) => {
  let running: RunningApplication;
  const sockets: Socket[] = [];
  let drip: NodeJS.Timeout | undefined;
  beforeAll(async () => {
    running = await startApplication(IMPORTS(), { adapter });
  });
  const limit = (options: SlowBodiesOptions): void => running.app.get(SlowBodies, { strict: false }).configure(options);
  beforeEach(() => limit(PATIENT));
  afterEach(() => {
    clearInterval(drip);
    sockets.splice(0).forEach((socket) => socket.destroy());
  });
  afterAll(() => running.close());

  /** Begins a request whose body is sent by hand. */
  const begin = (path: string, type: string, more: readonly string[] = ['Content-Length: 10000']): Exchange => {
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    sockets.push(socket);
    let answer = '';
    let closed = false;
    socket.on('error', () => undefined).on('close', () => (closed = true));
    socket.on('data', (data: Buffer) => (answer += data.toString()));
    socket.write([`POST ${path} HTTP/1.1`, 'Host: x', `Content-Type: ${type}`, ...more, '', ''].join('\r\n'));
    return {
      answer: () => answer,
      isClosed: () => closed,
      write: (text) => void socket.write(text),
      end: (text) => void socket.write(text),
    };
  };

  it.each(BODIES)('%s is answered with 408, and its connection ends', async (_name, path, type, first) => {
    limit(PROMPT);
    const silent = begin(path, type);
    const trickling = begin(path, type);
    const chunked = begin(path, type, ['Transfer-Encoding: chunked']);
    silent.write(first);
    trickling.write(first);
    chunked.write(`${first.length.toString(16)}\r\n${first}\r\n`);
    drip = setInterval(() => {
      if (!trickling.isClosed()) trickling.write('x');
      // Bytes around a body are not the body.
      if (!chunked.isClosed()) chunked.write(`1;${'e'.repeat(100)}\r\nx\r\n`);
    }, 100);
    for (const exchange of [silent, trickling, chunked]) {
      await waitFor('the end of the connection', () => exchange.isClosed());
      expect(exchange.answer()).toMatch(/^HTTP\/1\.1 408 /);
      expect(exchange.answer()).toMatch(/\r\nConnection: close\r\n/i);
      expect(exchange.answer()).toContain('too slowly');
    }
  });

  it('stores nothing of such a body', async () => {
    expect(await running.app.get(StreamStore, { strict: false }).list()).toEqual([]);
  });

  it('ends a connection whose body nobody reads, also after an answer', async () => {
    limit(PROMPT);
    const unknown = begin('/nowhere', 'application/unknown');
    await waitFor('the answer', () => unknown.answer() !== '');
    await waitFor('the end of the connection', () => unknown.isClosed());
  });

  it('takes a body that goes on coming for longer than the window', async () => {
    const parts = 40;
    const upload = begin('/data/steady', 'multipart/form-data; boundary=b', [
      `Content-Length: ${parts * 1000 + PART.length + 9}`,
    ]);
    upload.write(PART);
    for (let sent = 0; sent < parts; sent += 1) {
      upload.write('x'.repeat(1000));
      await new Promise((resolve) => setTimeout(resolve, (1.5 * WINDOW) / parts));
    }
    upload.end('\r\n--b--\r\n');
    await waitFor('the answer', () => upload.answer().includes('\r\n\r\n'));
    expect(upload.answer()).toMatch(/^HTTP\/1\.1 200 /);
    expect((await running.app.get(StreamStore, { strict: false }).readNewest('steady', 1))[0]?.data).toHaveLength(
      40_000,
    );
  });

  it('leaves a body alone while the server does not read it', async () => {
    const body = 'x'.repeat(5_000_000);
    const waiting = fetch(`${running.url}/busy`, { method: 'POST', body });
    await waitFor('the request', () => held.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 1.5 * WINDOW));
    held.pop()?.();
    expect(await (await waiting).text()).toBe('5000000');
  });

  it('leaves a body alone that the application excepts', async () => {
    limit({ ...PROMPT, except: ({ url }) => url === '/host' });
    const excepted = begin('/host', 'application/json', ['Content-Length: 7']);
    const other = begin('/token', 'application/json', ['Content-Length: 7']);
    await waitFor('the end of the other', () => other.isClosed());
    excepted.write('{"a":1}');
    await waitFor('the answer', () => excepted.answer().includes('{"a":1}'));
  });

  it('does not take the time for slowness in which the process stands still', async () => {
    const exchange = begin('/host', 'application/json', ['Content-Length: 7']);
    exchange.write('{"a"');
    await new Promise((resolve) => setTimeout(resolve, WINDOW / 4));
    const end = performance.now() + 1.5 * WINDOW;
    exchange.write(':1}');
    while (performance.now() < end);
    await waitFor('the answer', () => exchange.answer().includes('{"a":1}'));
  });
});

describe('Bodies that come slowly by HTTP/2', () => {
  let app: INestApplication;
  let url: string;
  let session: ClientHttp2Session;
  let drip: NodeJS.Timeout | undefined;
  beforeAll(async () => {
    const module = await Test.createTestingModule({ imports: IMPORTS() }).compile();
    app = module.createNestApplication(new FastifyAdapter({ http2: true } as object), { logger: false });
    app.useWebSocketAdapter(new MillraceWsAdapter(app));
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as { port: number }).port}`;
    app.get(SlowBodies, { strict: false }).configure(PROMPT);
  });
  afterEach(() => {
    clearInterval(drip);
    session.destroy();
  });
  afterAll(() => app.close());

  it.each(BODIES.filter(([, path]) => path !== '/publish'))(
    '%s is answered with 408, and others of its connection go on',
    async (_name, path, type, first) => {
      session = connectHttp2(url);
      const open = (
        target: string,
      ): { stream: ClientHttp2Stream; state: { status: number; text: string; closed: boolean } } => {
        const state = { status: 0, text: '', closed: false };
        const stream = session.request(
          { ':method': 'POST', ':path': target, 'content-type': type },
          { endStream: false },
        );
        stream.on('response', ({ ':status': status = 0 }) => (state.status = status));
        stream.setEncoding('utf8').on('data', (text: string) => (state.text += text));
        stream.on('error', () => undefined).on('close', () => (state.closed = true));
        return { stream, state };
      };
      const { stream, state } = open(path);
      stream.write(first);
      drip = setInterval(() => stream.writable && stream.write('x'), 100);
      await waitFor('the end of the request', () => state.closed);
      expect(state.status).toBe(408);
      expect(state.text).toContain('too slowly');
      const next = session.request({ ':method': 'POST', ':path': '/host', 'content-type': 'application/json' });
      let answer = '';
      next.setEncoding('utf8').on('data', (text: string) => (answer += text));
      next.end('{"a":1}');
      await waitFor('the answer to the next', () => answer === '{"a":1}');
    },
  );
});
