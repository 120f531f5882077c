import { createServer, request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { CertificateMaker } from '../../../../test/support/certificates.js';
import { holdTimers } from '../../../../test/support/held-timers.js';
import { waitFor } from '../../../../test/support/waiting.js';
import { Http1Endpoint } from './http1-endpoint.js';
import { Http2Endpoint } from './http2/http2-endpoint.js';
import { SharedPort, type SharedPortOptions } from './shared-port.js';

const logger = new Logger('SharedPort');
const HANDSHAKE = 10_000;
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const SETTINGS = '\0\0\0\x04\0\0\0\0\0';

describe('A port for HTTP/1.1 and HTTP/2', () => {
  let shared: SharedPort;
  let port: number;
  const seen: string[] = [];
  const start = async (options: Partial<SharedPortOptions> = {}): Promise<void> => {
    const http1 = new Http1Endpoint(createServer((_request, response) => response.end('one')));
    const http2 = new Http2Endpoint((_request, response) => response.end('two'), logger);
    const note = (name: string, accept: (socket: Socket) => void) => (socket: Socket) => {
      seen.push(name);
      accept(socket);
    };
    shared = new SharedPort({
      handlers: {
        'http/1.1': note('http/1.1', (socket) => http1.accept(socket)),
        h2: note('h2', (socket) => http2.accept(socket)),
      },
      tls: options.tls,
      handshakeTimeout: options.handshakeTimeout ?? HANDSHAKE,
      maxConnections: options.maxConnections ?? 100,
      admit: options.admit ?? (() => true),
      logger,
    });
    port = await shared.listen(0, '127.0.0.1');
  };
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => (seen.length = 0));
  afterEach(async () => {
    jest.useRealTimers();
    const closed = shared.close();
    shared.destroy();
    await closed;
  });
  const open = (): Promise<Socket> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(socket));
      socket.setNoDelay().on('error', () => undefined);
    });
  const received = (socket: Socket): { text: string; closed: boolean } => {
    const state = { text: '', closed: socket.closed };
    socket.on('data', (data) => (state.text += data.toString('latin1'))).once('close', () => (state.closed = true));
    return state;
  };
  const one = (): Promise<string> =>
    new Promise((resolve, reject) => {
      request({ port, host: '127.0.0.1', agent: false }, (response) => {
        response.setEncoding('utf8').on('data', resolve);
      })
        .once('error', reject)
        .end();
    });
  const two = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const session = connectHttp2(`http://127.0.0.1:${port}`);
      session.once('error', reject);
      const stream = session.request({ ':path': '/' });
      stream.setEncoding('utf8').on('data', resolve).once('error', reject);
      stream.once('close', () => session.close());
    });

  it('tells the two apart, however the first bytes are cut', async () => {
    await start();
    expect(await Promise.all([one(), two(), one(), two()])).toEqual(['one', 'two', 'one', 'two']);
    for (const size of [1, 3, 23]) {
      const socket = await open();
      const state = received(socket);
      for (let at = 0; at < PREFACE.length; at += size) {
        socket.write(PREFACE.slice(at, at + size), 'latin1');
        await new Promise(setImmediate);
      }
      socket.write(SETTINGS, 'latin1');
      // The server's own settings come first.
      await waitFor('the settings of the server', () => state.text.charCodeAt(3) === 4);
      socket.destroy();
    }
    const late = await open();
    const state = received(late);
    for (const part of ['P', 'UT / HTTP/1.1\r\n', 'Host: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n']) {
      late.write(part);
      await new Promise(setImmediate);
    }
    await waitFor('the answer', () => state.text.endsWith('one'));
    expect(seen.filter((name) => name === 'h2')).toHaveLength(5);
  });

  it('takes a request that comes at once with the preface', async () => {
    await start();
    const socket = await open();
    const state = received(socket);
    // GET http / by the static table and the authority "a"; end of stream and of headers.
    socket.write(`${PREFACE}${SETTINGS}\0\0\x06\x01\x05\0\0\0\x01\x82\x86\x84\x41\x01a`, 'latin1');
    await waitFor('the answer', () => state.text.includes('two'));
    socket.destroy();
  });

  it.each([
    ['says nothing', ''],
    ['stops amid the preface', 'PRI * HT'],
  ])('cuts a client that %s, and serves the others meanwhile', async (_what, text) => {
    // Their time is over when the test says so: a busy machine may be as slow for the others.
    holdTimers();
    await start();
    const slow = await Promise.all(Array.from({ length: 20 }, open));
    const states = slow.map(received);
    for (const socket of slow) socket.write(text);
    // Those that come later have been taken later.
    expect(await Promise.all([one(), two()])).toEqual(['one', 'two']);
    expect(states.filter(({ closed }) => closed)).toEqual([]);
    jest.advanceTimersByTime(HANDSHAKE);
    jest.useRealTimers();
    await waitFor('the end of the slow ones', () => states.every(({ closed }) => closed));
    expect(seen).toHaveLength(2);
  });

  it.each([
    ['says nothing', ''],
    ['stops amid its first message', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'],
  ])('cuts a client that %s where TLS is expected', async (_what, text) => {
    const maker = await CertificateMaker.create();
    const tls = await maker.make({ subjectAltName: 'IP:127.0.0.1' });
    await maker.remove();
    await start({ handshakeTimeout: 300, tls });
    const socket = await open();
    const state = received(socket);
    socket.write(text, 'latin1');
    await waitFor('its end', () => state.closed);
    expect(seen).toEqual([]);
  });

  it('is not kept by bytes that trickle in', async () => {
    await start({ handshakeTimeout: 300 });
    const socket = await open();
    const state = received(socket);
    let at = 0;
    const trickle = setInterval(() => socket.write(PREFACE.charAt((at += 1) - 1), 'latin1'), 50);
    await waitFor('its end', () => state.closed);
    clearInterval(trickle);
    expect(at).toBeLessThan(PREFACE.length);
  });

  it.each([
    ['hangs up at once', ''],
    ['hangs up amid the preface', 'PRI'],
    ['spoils the preface', 'PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n'],
    ['speaks TLS', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'],
    ['follows the preface with nonsense', `${PREFACE}${'x'.repeat(200)}`],
    ['hangs up after the preface', `${PREFACE}${SETTINGS}`],
  ])('loses nobody else over a client that %s', async (_what, text) => {
    await start();
    const socket = await open();
    const state = received(socket);
    socket.end(text, 'latin1');
    await waitFor('its end', () => state.closed);
    expect(await Promise.all([one(), two()])).toEqual(['one', 'two']);
  });

  it('loses nobody else over a client that sends a frame that is too large', async () => {
    await start();
    const socket = await open();
    const state = received(socket);
    socket.write(`${PREFACE}${SETTINGS}\x7f\xff\xff\x01\x05\0\0\0\x01`, 'latin1');
    // GOAWAY, a frame of type 7 for stream 0.
    await waitFor('goodbye', () => state.text.includes('\x07\0\0\0\0\0'));
    expect(await Promise.all([one(), two()])).toEqual(['one', 'two']);
    socket.destroy();
  });

  it('takes no more connections than it may', async () => {
    await start({ maxConnections: 2 });
    const held = await Promise.all([open(), open()]);
    const third = received(await open());
    await waitFor('its end', () => third.closed);
    for (const socket of held) socket.destroy();
    await waitFor('room', () => one().catch(() => ''));
  });

  it('cuts those who have said nothing when it closes', async () => {
    await start();
    const state = received(await open());
    await waitFor('the connection to come in', () => one());
    await shared.close();
    await waitFor('its end', () => state.closed);
  });
});
