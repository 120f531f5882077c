import { scaled } from '../support/soak.js';
import { waitFor } from '../support/waiting.js';
import { Connectors } from './support/connector.js';
import { randomOf } from './support/mutations.js';
import { expectComplete, RestartingHub } from './support/restarting-hub.js';
import { SlowOutbox } from './support/slow-outbox.js';

const COUNT = scaled(1000, 200);
const CONNECTORS = scaled(200, 10);
const random = randomOf(20_261_122);

describe('A connector and its hub under faults', () => {
  const connectors = new Connectors();
  let hub: RestartingHub;
  afterEach(async () => {
    await connectors.close();
    await hub.close();
  });

  it.each([
    ['in memory', undefined],
    ['that takes its time', new SlowOutbox(2)],
  ])(
    `connector#21: ${COUNT} notifications over 5 cuts at random and 2 restarts of the hub arrive in order, by an outbox %s`,
    async (_what, driver) => {
      hub = await RestartingHub.start();
      const outbox = { capacity: 50, window: 20, ...(driver && { driver }) };
      const { source, names } = await connectors.connect(hub.url, {}, { outbox });
      // Seven numbers at random, in rising order; the third and the sixth are restarts.
      const faults = Array.from({ length: 7 }, () => 1 + Math.floor(random() * (COUNT - 100))).sort((a, b) => a - b);
      const sending = (async () => {
        for (let n = 1; n <= COUNT; n += 1) await source.notify({ n });
      })();
      for (const [index, at] of faults.entries()) {
        await waitFor(`notification ${at}`, () => (hub.arrived.at(-1)?.n ?? 0) >= at, { pause: 1 });
        const { closes } = source.status;
        if (index === 2 || index === 5) await hub.restart();
        else hub.proxy.cut();
        await waitFor('the fault to be felt', () => source.status.closes > closes);
        await waitFor('the connection', () => source.isConnected);
      }
      await sending;
      expect(await source.flush(60_000)).toBe(true);
      expectComplete(hub.arrived, COUNT);
      expect(source.status).toMatchObject({ closes: 7, connects: 8 });
      expect(source.status.notifications).toMatchObject({ waiting: 0, dropped: 0, refused: 0 });
      expect(names().filter((name) => name === 'close')).toHaveLength(7);
    },
  );

  it(`${CONNECTORS} connectors are back within 10 s of a restart of their hub, none of them by more than 10 attempts`, async () => {
    const sources = Array.from({ length: CONNECTORS }, (_unused, index) => `source ${index}`);
    hub = await RestartingHub.start(sources);
    // With the pauses that the connector has by itself.
    const { set } = await connectors.start(hub.url, {}, { sources, backoff: {} });
    const allConnected = (times: number) => (): boolean =>
      set.statuses().every(({ state, connects }) => state === 'connected' && connects === times);
    const began = performance.now();
    await waitFor('all to be connected', allConnected(1), { deadline: 60_000 });
    // Without an outage: what so many connections take this machine.
    const took = performance.now() - began;
    const attempts = new Map<string, number>();
    for (const [name, connection] of set.connections()) {
      connection.onStatus(({ state }) => {
        if (state === 'connecting') attempts.set(name, (attempts.get(name) ?? 0) + 1);
      });
    }
    const ended = performance.now();
    await hub.restart();
    // As good as none; a machine on which it takes its time makes the pauses longer, which double meanwhile.
    const away = performance.now() - ended;
    await waitFor('all to be back', allConnected(2), { deadline: 10_000 + 3 * took + 8 * away });
    expect(attempts.size).toBe(CONNECTORS);
    expect(Math.max(...attempts.values())).toBeLessThanOrEqual(10);
    expect(hub.hub.sessions()).toHaveLength(CONNECTORS);
    expect(set.statuses().every(({ closes }) => closes === 1)).toBe(true);
  }, 600_000);
});
