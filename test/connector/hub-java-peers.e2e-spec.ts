import { connect, type Socket } from 'node:net';
import { waitFor } from '../support/waiting.js';
import { type RunningHub, startHub } from './support/hub.js';
import { RawConnector } from './support/raw-connector.js';

/**
 * The WebSocket client of existing Java connectors does nothing at a close frame but to stop reading: it notices the end of
 * its session when the connection is cut in place of it, and comes back.
 */
const JAVA = { frames: 'binary', socket: { headers: { 'User-Agent': 'okhttp/4.12.0' } } } as const;
/** What a WebSocket shows for a connection that ended without a close frame. */
const CUT = 1006;
/** A text frame, which a session that has ended takes no notice of. */
const IGNORED_FRAME = Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x78]);

describe('Connectors that do not end at a close frame', () => {
  let running: RunningHub;
  beforeEach(async () => {
    running = await startHub();
  });
  afterEach(() => running.close());

  it('connector#79: are cut off by eviction and shutdown, others are closed with their codes', async () => {
    const [evicted, shut] = [await running.connect('a', JAVA), await running.connect('b', JAVA)];
    expect(running.hub.evict({ source: 'a' })).toBe(1);
    expect((await evicted.closed).code).toBe(CUT);
    const other = await running.connect('a', { frames: 'binary' });
    const closing = running.close();
    expect((await shut.closed).code).toBe(CUT);
    expect((await other.closed).code).toBe(1012);
    await closing;
    running = await startHub();
  });

  it('connector#78: are cut off when their token does not hold any more', async () => {
    const connector = await running.connect('a', JAVA);
    running.authenticator.tokens.clear();
    await running.hub.revalidateSessions();
    expect((await connector.closed).code).toBe(CUT);
    await expect(running.hub.publish('a', {})).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('connector#70 #77: are cut off at their deadlines and by their own next session, which stays', async () => {
    const hasty = await startHub({ claimTimeout: '1s' });
    const idle = await hasty.open('b', JAVA);
    await idle.validate();
    expect((await idle.closed).code).toBe(CUT);
    await hasty.close();
    const old = await running.connect('a', { ...JAVA, secret: 'one' });
    const next = await running.connect('a', { ...JAVA, secret: 'one' });
    expect((await old.closed).code).toBe(CUT);
    await running.hub.publish('a', { n: 1 });
    expect(await next.next()).toMatchObject({ op: 'publish', object: { n: 1 } });
    await next.close();
  });

  it('connector#76: get what was sent to them before', async () => {
    const connector = await RawConnector.open(running.wsUrl, 'a', JAVA);
    for (let index = 0; index < 12; index += 1) connector.send('nonsense');
    expect((await connector.closed).code).toBe(CUT);
    expect(connector.messages.map(({ status }) => status)).toEqual(Array.from({ length: 9 }, () => 400));
  });

  it('are gone from the hub at once, also where they keep their side of the connection', async () => {
    const socket = await halfOpen(running.url);
    await waitFor('the session', () => running.hub.sessions().length === 1);
    expect(running.hub.evict({})).toBe(1);
    expect(running.hub.sessions()).toEqual([]);
    await new Promise((resolve) => socket.once('end', resolve));
    await waitFor('the cut', () => {
      socket.write(IGNORED_FRAME);
      return socket.destroyed;
    });
  });
});

/** A peer which has shaken hands and keeps its side open when the other one ends. */
async function halfOpen(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.on('error', () => socket.destroy());
  socket.write(
    'GET /api/v1/wsock/websocket HTTP/1.1\r\nHost: h\r\nUser-Agent: okhttp/3.13.1\r\nUpgrade: websocket\r\n' +
      'Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  await new Promise((resolve) => socket.once('data', resolve));
  socket.resume();
  return socket;
}
