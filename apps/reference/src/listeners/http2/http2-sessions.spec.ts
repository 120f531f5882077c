import { type ClientHttp2Session, connect, createServer, type Http2Server, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { holdTimers, turnsUntil } from '../../../../../test/support/held-timers.js';
import { Http2Sessions } from './http2-sessions.js';

const IDLE = 10_000;

const realTimeout = setTimeout;

describe('Connections of HTTP/2', () => {
  let server: Http2Server;
  let sessions: Http2Sessions;
  let client: ClientHttp2Session;
  const running: Http2ServerResponse[] = [];
  beforeEach(async () => {
    // A connection must not run out because the machine is slow to use it.
    holdTimers();
    sessions = new Http2Sessions(IDLE);
    running.length = 0;
    server = createServer((request, response) => {
      if (request.url !== '/fast') running.push(response);
      else response.end('fast');
    });
    server.on('session', (session) => sessions.add(session));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await reconnect();
  });
  afterEach(async () => {
    jest.useRealTimers();
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  /** Time passes for a connection from when the server has it. */
  const reconnect = async (): Promise<void> => {
    const accepted = new Promise((resolve) => server.once('session', resolve));
    client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await accepted;
  };
  const get = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let text = '';
      client
        .request({ ':path': path })
        .setEncoding('utf8')
        .on('data', (chunk: string) => (text += chunk))
        .once('error', reject)
        .once('close', () => resolve(text));
    });
  const closed = (): Promise<void> => new Promise((resolve) => client.once('close', () => resolve()));
  const goodbye = (): Promise<number> => new Promise((resolve) => client.once('goaway', resolve));
  /** Whatever the server has sent before is there when it has answered a ping. What follows runs as in a real timer. */
  const ping = (): Promise<void> => new Promise((resolve) => client.ping(() => realTimeout(resolve, 0)));
  /** Lets time pass until the connection has ended for want of use. */
  const runOut = (): Promise<void> =>
    turnsUntil(() => {
      jest.advanceTimersByTime(IDLE);
      return client.closed;
    });

  it('end when nobody uses them, from the start or after a request', async () => {
    const [told, end] = [goodbye(), closed()];
    await ping();
    jest.advanceTimersByTime(IDLE - 1);
    await ping();
    expect(client.closed).toBe(false);
    jest.advanceTimersByTime(1);
    expect(await told).toBe(0);
    await end;
    await reconnect();
    expect(await get('/fast')).toBe('fast');
    await runOut();
  });

  it('stay while a request is under way, however long', async () => {
    const slow = get('/slow');
    expect(await get('/fast')).toBe('fast');
    await ping();
    jest.advanceTimersByTime(3 * IDLE);
    await ping();
    expect(client.closed).toBe(false);
    running[0]?.end('slow');
    expect(await slow).toBe('slow');
    await runOut();
  });

  it('say goodbye when asked to, and answer what is under way', async () => {
    const slow = get('/slow');
    expect(await get('/fast')).toBe('fast');
    const told = goodbye();
    const end = closed();
    sessions.close();
    expect(await told).toBe(0);
    running[0]?.end('slow');
    expect(await slow).toBe('slow');
    await end;
  });
});
