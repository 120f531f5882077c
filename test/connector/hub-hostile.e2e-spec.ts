import { scaled } from '../support/soak.js';
import { waitFor } from '../support/waiting.js';
import { mutations, randomOf } from './support/mutations.js';
import { type RunningHub, startHub } from './support/hub.js';
import type { RawConnector } from './support/raw-connector.js';

// So many frames take their time on a slow machine.
jest.setTimeout(600_000);

/** One message of each kind, for an authenticated connector that serves `a`. */
const SEEDS = [
  { op: 'validate', resourceName: 'system.credentials', object: 'token' },
  { op: 'authenticate', resourceName: 'system.credentials', object: { username: 'ada', password: 'wrong' } },
  { op: 'connectExtension', resourceName: 'sources', resourceId: 'a', parameters: { reconnectSecret: 'a' } },
  { op: 'notification', resourceName: 'sources', resourceId: 'a', object: { n: 1, deep: [{ a: null }] } },
  { status: 200, headers: { 'X-Reply-Address': 'x' }, body: [{ n: 1 }] },
  {
    status: 400,
    headers: { 'X-Reply-Address': 'x' },
    body: { messageCode: 'a', messageTemplate: '{0}', parameters: [1] },
  },
].map((message) => Buffer.from(JSON.stringify(message)));

const FRAMES = scaled(30_000, 2000);
/** A socket that sends ten messages without sense is closed; more would not be looked at. */
const AT_A_TIME = 10;
const ATTACKED = ['a', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8'];

describe('Odd and hostile input at the hub', () => {
  let running: RunningHub;
  let good: RawConnector;
  beforeAll(async () => {
    running = await startHub({
      refusalDelay: '1ms',
      maxRefusalDelay: '1ms',
      sources: Object.fromEntries([...ATTACKED, 'b'].map((name) => [name, {}])),
    });
    good = await running.connect('b', { secret: 'b' });
  });
  afterAll(() => running.close());

  /** The other connector is served as ever. */
  const stillServes = async (): Promise<void> => {
    await running.hub.publish('b', { still: 'there' });
    expect(await good.next()).toMatchObject({ op: 'publish', object: { still: 'there' } });
    good.notify({ still: 'there' });
    expect(await good.next()).toEqual({ status: 200 });
  };

  it.each<[string, string | object]>([
    ['no JSON', '{'],
    ['an empty message', ''],
    ['an array', '[]'],
    ['a number', '5'],
    ['null', 'null'],
    ['a text', '"text"'],
    ['an empty object', {}],
    ['an unknown operation', { op: 'nope' }],
    ['an operation that is no text', { op: 5 }],
    ['an operation with the name of a property of all objects', { op: '__proto__' }],
    ['a status that is no number', { status: '200' }],
    ['an operation that only the hub sends', { op: 'configureExtension', resourceName: 'sources', resourceId: 'a' }],
    ['nesting without end', '['.repeat(100_000)],
    ['objects without end', '{"op":'.repeat(50_000)],
  ])('connector#76: answers %s with 400, before and after the claim, and harms nobody', async (_name, message) => {
    const connector = await running.open('a');
    // Before authentication a well-formed operation is told what is due first.
    const isOperation = typeof message === 'object' && typeof (message as { op?: unknown }).op === 'string';
    connector.send(message);
    expect(await connector.next()).toMatchObject({
      status: isOperation ? 401 : 400,
      body: [{ code: expect.any(String) as string }],
    });
    await connector.validate();
    await connector.claim();
    connector.send(message);
    expect(await connector.next()).toMatchObject({ status: 400, body: [{ message: expect.any(String) as string }] });
    connector.notify({ good: true });
    expect(await connector.next()).toEqual({ status: 200 });
    await connector.close();
    await stillServes();
  });

  it('connector#76: takes bytes that are no UTF-8 for no message, in text frames and in binary ones', async () => {
    const connector = await running.open('a', { frames: 'binary' });
    connector.client.send(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    expect(await connector.next()).toMatchObject({ status: 400 });
    connector.client.ws.send(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), { binary: false });
    expect((await connector.closed).code).toBe(1007);
    await stillServes();
  });

  it('connector#76: closes a socket after ten messages that make no sense', async () => {
    const connector = await running.open('a');
    await connector.validate();
    for (let each = 0; each < 10; each += 1) connector.send({ op: 'nope' });
    expect(await connector.closed).toEqual({ code: 1008, reason: 'Too many messages that make no sense' });
    expect(connector.messages.filter(({ status }) => status === 400)).toHaveLength(9);
    await stillServes();
  });

  it(`connector#76: survives ${FRAMES.toLocaleString('en')} mutated frames, before and after authentication and claim`, async () => {
    const next = mutations(SEEDS, randomOf(20_261_121));
    let sent = 0;
    const attack = async (source: string): Promise<void> => {
      for (let round = 0; sent < FRAMES; round += 1) {
        sent += AT_A_TIME;
        const connector = await running.open(source, { secret: source, frames: round % 2 ? 'binary' : 'text' });
        if (round % 3 > 0) connector.send({ op: 'validate', resourceName: 'system.credentials', object: 'token' });
        if (round % 3 > 1) connector.sendClaim();
        for (let each = 0; each < AT_A_TIME; each += 1) connector.client.ws.send(next(), { binary: true });
        // The pong, or the end of the socket, says that all that came before was looked at.
        const { ws } = connector.client;
        await new Promise<void>((resolve) => {
          ws.once('pong', () => resolve());
          ws.once('close', () => resolve());
          ws.ping();
        });
        ws.terminate();
      }
    };
    await Promise.all(ATTACKED.map(attack));
    expect(running.hub.counters.unreadable).toBeGreaterThan(FRAMES / 4);
    await waitFor('the end of their sessions', () => running.hub.sessions().length === 1);
    expect(running.hub.sessions()).toMatchObject([{ source: 'b' }]);
    await stillServes();
  });
});
