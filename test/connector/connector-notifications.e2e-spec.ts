import { scaled } from '../support/soak.js';
import { waitFor } from '../support/waiting.js';
import { Connectors } from './support/connector.js';
import { acknowledge, inTurn, refuse, silence } from './support/script-steps.js';
import { ScriptedServer } from './support/scripted-server.js';
import { SlowOutbox } from './support/slow-outbox.js';

/** New claims in a row; a connector waits a second between two. */
const CLAIMS = scaled(10, 3);

const range = (from: number, to: number): { n: number }[] =>
  Array.from({ length: to - from + 1 }, (_unused, index) => ({ n: from + index }));

describe('The notifications of a connector', () => {
  const connectors = new Connectors();
  let server: ScriptedServer;
  beforeEach(async () => (server = await ScriptedServer.start()));
  afterEach(async () => {
    await connectors.close();
    await server.close();
  });

  it('connector#17: carry op, sources, the name and the object; an id beside them only if wanted', async () => {
    const object = { text: 'ü \u2028', deep: [null, { n: 9_007_199_254_740_991 }] };
    const plain = { op: 'notification', resourceName: 'sources', resourceId: 's', object };
    const { source } = await connectors.connect(server.url);
    await source.notify(object);
    expect(await source.flush(60_000)).toBe(true);
    expect(server.links[0]?.ops('notification')).toEqual([
      { ...plain, messageHeaders: { 'X-Notification-Id': expect.stringMatching(/^.{36}:1$/) as string } },
    ]);
    const without = await connectors.connect(server.url, {}, { outbox: { ids: false } });
    await without.source.notify(object);
    expect(await without.source.flush(60_000)).toBe(true);
    expect(server.links[1]?.ops('notification')).toEqual([plain]);
  });

  it('connector#18: those sent before the first connection wait, and are delivered in order', async () => {
    const { set, source } = await connectors.make(server.url);
    const calls = range(1, 2000).map((object) => source.notify(object));
    set.start();
    await Promise.all(calls);
    expect(await source.flush(60_000)).toBe(true);
    expect(server.links[0]?.notifications).toEqual(range(1, 2000));
  });

  it('connector#18: those sent while disconnected wait, and are delivered in order', async () => {
    const { source } = await connectors.connect(server.url);
    let away = true;
    server.script.validate = (link, message) => (away ? link.cut() : acknowledge(link, message));
    server.links[0]?.cut();
    await waitFor('the end', () => !source.isConnected);
    for (const object of range(1, 100)) await source.notify(object);
    away = false;
    expect(await source.flush(60_000)).toBe(true);
    expect(server.links.flatMap(({ notifications }) => notifications)).toEqual(range(1, 100));
    expect(source.status.notifications).toMatchObject({ acknowledged: 100, resent: 0, waiting: 0, inFlight: 0 });
  });

  it('connector#19: those sent in the connect handler do not hold it up, and are delivered after it', async () => {
    let ended = false;
    const early: unknown[] = [];
    server.script.notification = (link, message) => {
      if (!ended) early.push(message.object);
      acknowledge(link, message);
    };
    const { set, source } = await connectors.make(server.url, {
      connect: async () => {
        for (const object of range(1, 10)) await source.notify(object);
        // Long enough for one that is sent at once to arrive.
        await waitFor('an early one', () => early.length > 0, { deadline: 150 }).catch(() => undefined);
        ended = true;
      },
    });
    set.start();
    await server.connected(0);
    expect(await source.flush(60_000)).toBe(true);
    expect(early).toEqual([]);
    expect(server.links[0]?.notifications).toEqual(range(1, 10));
  });

  it('connector#20: acknowledgements and statuses below 300 cause nothing visible', async () => {
    const { source, names } = await connectors.connect(server.url);
    const seen: unknown[] = [];
    source.onStatus((status) => seen.push(status));
    for (const status of [200, 100, 201, 299]) server.links[0]?.send({ status, body: [{ code: 'c', message: 'm' }] });
    await source.notify({ n: 1 });
    expect(await source.flush(60_000)).toBe(true);
    expect(seen).toEqual([]);
    expect(names()).toEqual(['connect']);
  });

  it('connector#20: a status of 300 and more is reported; a refused notification is not sent again', async () => {
    server.script.notification = inTurn(refuse(400, 'hub.bad', 'Not an event'), acknowledge);
    const { source } = await connectors.connect(server.url);
    const errors: unknown[] = [];
    source.onStatus(({ lastError }) => errors.push(lastError));
    await source.notify({ n: 1 });
    await source.notify({ n: 2 });
    expect(await source.flush(60_000)).toBe(true);
    expect(errors).toEqual(['The hub refused a notification: 400 :: hub.bad:Not an event']);
    expect(server.links[0]?.notifications).toEqual(range(1, 2));
    expect(source.status.notifications).toMatchObject({ refused: 1, acknowledged: 1, waiting: 0 });
    server.links[0]?.send({ status: 500 });
    await waitFor('the report', () => errors.at(-1) === 'The hub refused a message: 500');
    expect(source.state).toBe('connected');
  });

  it('connector#21: those without an acknowledgement go again after a cut, marked, with the ids they had', async () => {
    let count = 0;
    server.script.notification = (link, message) => {
      count += 1;
      if (count <= 3) acknowledge(link, message);
      if (count === 8) link.cut();
    };
    const { source } = await connectors.connect(server.url);
    for (const object of range(1, 10)) await source.notify(object);
    await server.links[0]?.closed;
    server.script.notification = acknowledge;
    await server.connected(1);
    expect(await source.flush(60_000)).toBe(true);
    const [first, second] = server.links.map((link) => link.ops('notification'));
    expect(second?.map(({ object }) => object)).toEqual(range(4, 10));
    const ids = second?.map(({ messageHeaders }) => messageHeaders?.['X-Notification-Id']);
    expect(new Set(ids).size).toBe(7);
    expect(ids?.[0]).toBe(first?.[3]?.messageHeaders?.['X-Notification-Id']);
    expect(second?.slice(0, 5).every(({ messageHeaders }) => messageHeaders?.['X-Redelivered'] === 'true')).toBe(true);
  });

  it('connector#21: a peer that stops reading, and is cut, costs nothing', async () => {
    const { source } = await connectors.connect(server.url, {}, { outbox: { ackTimeout: '1s' }, answerTimeout: '5s' });
    const [stalled] = server.links;
    stalled?.ws.pause();
    const text = 'x'.repeat(100_000);
    for (const { n } of range(1, 200)) await source.notify({ n, text });
    await server.connected(1);
    expect(await source.flush(60_000)).toBe(true);
    // Where the machine stands still for a second the next connection is given up too, and the rest comes by another one.
    const arrived = server.links.slice(1).flatMap(({ notifications }) => notifications as { n: number }[]);
    expect([...new Set(arrived.map(({ n }) => n))]).toEqual(range(1, 200).map(({ n }) => n));
    expect(source.status.lastError).toContain('acknowledged nothing for 1000 ms');
    stalled?.cut();
  });

  it('without acknowledgements no more than a window is on its way', async () => {
    server.script.notification = silence;
    const { source } = await connectors.connect(server.url, {}, { outbox: { window: 5 } });
    for (const object of range(1, 20)) await source.notify(object);
    await waitFor('the window', () => server.links[0]?.notifications.length === 5);
    server.links[0]?.send({ status: 200 });
    await waitFor('one more', () => server.links[0]?.notifications.length === 6);
    expect(source.status.notifications).toMatchObject({ inFlight: 5, waiting: 19, acknowledged: 1 });
  });

  it('a new claim in the middle of them loses none and repeats none', async () => {
    const { source } = await connectors.connect(server.url, {}, { outbox: { capacity: 5000 } });
    let claims = 0;
    server.script.notification = (link, message) => {
      if (Number((message.object as { n: number }).n) % 100 === 50 && (claims += 1)) link.requireReconnect();
      acknowledge(link, message);
    };
    for (const object of range(1, 1000)) {
      await source.notify(object);
      if (object.n % 20 === 0) await new Promise(setImmediate);
    }
    expect(await source.flush(60_000)).toBe(true);
    expect(server.links).toHaveLength(1);
    expect(claims).toBe(10);
    expect(server.links[0]?.configurations).toBeGreaterThan(1);
    expect(server.links[0]?.notifications).toEqual(range(1, 1000));
    expect(source.status.notifications).toMatchObject({ acknowledged: 1000, resent: 0, waiting: 0 });
  });

  it.each([1, 20])(
    'a new claim while an outbox is read that takes %d ms loses none and repeats none',
    async (delay) => {
      const outbox = { driver: new SlowOutbox(delay), window: 16 };
      const { source } = await connectors.connect(server.url, {}, { outbox });
      for (let round = 0; round < CLAIMS; round += 1) {
        for (const { n } of range(1, 10)) await source.notify({ n: round * 10 + n });
        const before = server.links[0]?.configurations ?? 0;
        server.links[0]?.requireReconnect();
        await waitFor('the new claim', () => (server.links[0]?.configurations ?? 0) > before);
      }
      expect(await source.flush(60_000)).toBe(true);
      expect(server.links).toHaveLength(1);
      expect(server.links[0]?.notifications).toEqual(range(1, 10 * CLAIMS));
      expect(source.status.notifications).toMatchObject({ acknowledged: 10 * CLAIMS, resent: 0, waiting: 0 });
    },
  );
});
