import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type Http2Server,
  type Http2ServerResponse,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { holdTimers, turnsUntil } from '../../../../../test/support/held-timers.js';
import { Http2Sessions } from './http2-sessions.js';

const IDLE = 10_000;
const REQUEST = 20_000;

const realTimeout = setTimeout;

describe('Connections of HTTP/2', () => {
  let server: Http2Server;
  let sessions: Http2Sessions;
  let client: ClientHttp2Session;
  const running: Http2ServerResponse[] = [];
  beforeEach(async () => {
    // A connection must not run out because the machine is slow to use it.
    holdTimers();
    sessions = new Http2Sessions(IDLE, REQUEST);
    running.length = 0;
    server = createServer((request, response) => {
      if (request.url !== '/fast') running.push(response);
      else response.end('fast');
    });
    server.on('session', (session) => sessions.add(session));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterEach(async () => {
    jest.useRealTimers();
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
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
    client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
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

  it('end a request whose body does not come, and leave one alone that has come and takes its time', async () => {
    const slow = get('/slow');
    const unfinished = client.request({ ':path': '/upload', ':method': 'POST' });
    const code = new Promise<number>((resolve) => {
      unfinished.once('error', () => undefined).once('close', () => resolve(unfinished.rstCode));
    });
    unfinished.write('half of it');
    await turnsUntil(() => running.length === 2);
    jest.advanceTimersByTime(REQUEST - 1);
    await ping();
    expect(unfinished.closed).toBe(false);
    jest.advanceTimersByTime(1);
    expect(await code).toBe(constants.NGHTTP2_CANCEL);
    running.find((response) => response.req.url === '/slow')?.end('slow');
    expect(await slow).toBe('slow');
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
