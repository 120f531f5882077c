import { ConnectorHub } from '@millrace/connector';
import { redisSources } from '@millrace/connector/redis';
import type { RedisTopology } from '../support/redis.js';
import { PLAIN_TOPOLOGIES } from '../support/redis-topologies.js';
import { waitFor } from '../support/waiting.js';
import { AnsweringConnector } from './support/answering-connector.js';
import { type RunningHub, startHub } from './support/hub.js';

describe.each(PLAIN_TOPOLOGIES)('connector#82: Sources of two instances on $topology', ({ start }) => {
  let redis: RedisTopology;
  let one: RunningHub;
  let two: RunningHub;
  let made = 0;
  let open: AnsweringConnector[] = [];
  /** A source that no other test uses. */
  let source: string;

  beforeAll(async () => {
    redis = await start();
    [one, two] = await Promise.all([startInstance(), startInstance()]);
  });
  afterAll(async () => {
    await Promise.all([one, two].map((each) => each.close()));
    await redis.stop();
  });
  beforeEach(async () => {
    source = `s${(made += 1)}`;
    await one.hub.setConfiguration(source, { made });
  });
  afterEach(async () => {
    await Promise.all(open.map((each) => each.close()));
    open = [];
  });

  /** Where Redis is away that is said at once; a machine that stalls is not to be taken for that. */
  const startInstance = (options: object = {}): Promise<RunningHub> =>
    startHub({
      store: redisSources({ ...redis.way, commandTimeout: '30s', lease: '60s' }),
      public: true,
      maxResultBytes: 8 * 1024 * 1024,
      ...options,
    });
  const connect = async (at: RunningHub, options: object = {}): Promise<AnsweringConnector> => {
    const connector = await AnsweringConnector.connect(at.wsUrl, source, options);
    open.push(connector);
    return connector;
  };
  const stateAt = async ({ hub }: RunningHub): Promise<string | undefined> => (await hub.describeSource(source))?.state;

  it('are published to, queried and asked to reconnect at either', async () => {
    const connector = await connect(one);
    for (const { hub } of [one, two]) {
      await hub.publish(source, { deep: ['grüße', null] });
      expect(await hub.query(source, { rows: 3 })).toEqual([0, 1, 2].map((row) => ({ row, text: 'x' })));
      await hub.requireReconnect(source);
    }
    await waitFor('all of it', () => connector.configurations.length === 2);
    expect(connector.published).toEqual(Array(2).fill({ deep: ['grüße', null] }));
    expect(connector.reconnects).toBe(2);
  });

  it('connector#86: tell of either how often a connector has come back', async () => {
    const counts = (): Promise<unknown[]> =>
      Promise.all([one, two].map(async ({ hub }) => (await hub.describeSource(source))?.reconnects));
    const first = await connect(one);
    await two.hub.requireReconnect(source);
    await waitFor('the claim', () => first.configurations.length === 1);
    expect(await counts()).toEqual([0, 0]);
    await first.close();
    await waitFor('its end', async () => (await stateAt(two)) === 'disconnected');
    await connect(two);
    expect(await counts()).toEqual([1, 1]);
    await one.hub.deleteSource(source);
    await one.hub.setConfiguration(source, {});
    expect(await counts()).toEqual([0, 0]);
  });

  it('take publishes of the other in their order', async () => {
    const connector = await connect(one);
    const numbers = Array.from({ length: 500 }, (_unused, index) => index);
    await Promise.all(numbers.map((index) => two.hub.publish(source, { index })));
    await waitFor('all of them', () => connector.published.length === 500);
    expect(connector.published).toEqual(numbers.map((index) => ({ index })));
  });

  it('give rows to the other as they come, and as many as the limit allows', async () => {
    await connect(one);
    const rows: unknown[] = [];
    for await (const row of two.hub.queryRows<{ row: number }>(source, { rows: 30, size: 100_000 })) rows.push(row.row);
    expect(rows).toEqual(Array.from({ length: 30 }, (_unused, row) => row));
    await expect(two.hub.query(source, { rows: 100, size: 100_000 })).rejects.toMatchObject({
      messageCode: 'millrace.hub.resultTooLarge',
    });
    expect(await two.hub.query(source, {})).toHaveLength(1);
    const first = two.hub.queryRows(source, { rows: 2, silent: true });
    expect((await first.next()).value).toMatchObject({ row: 0 });
    expect((await one.hub.describeSource(source))?.openQueries).toBe(1);
    // Those who leave give it up, where the connector is too.
    await first.return();
    await waitFor('the end of the query', async () => (await one.hub.describeSource(source))?.openQueries === 0);
  });

  it('give the other their errors and deadlines, as on one instance', async () => {
    const connector = await connect(one);
    const error = { messageCode: 'com.example.bad', messageTemplate: 'Bad {0}', parameters: ['x'] };
    const failures: unknown[][] = [];
    for (const { hub } of [one, two]) {
      const failureOf = (work: Promise<unknown>): Promise<unknown> =>
        work.then(
          () => 'none',
          (thrown: Error & { code: string; detail: unknown }) => [thrown.code, thrown.message, thrown.detail],
        );
      failures.push([
        await failureOf(hub.query(source, { rows: 1, error })),
        await failureOf(hub.query(source, { silent: true }, { timeout: 50 })),
        await failureOf(hub.query(source, { silent: true, rows: 2 }, { signal: AbortSignal.timeout(100) })),
        await failureOf(hub.publish(source, 'x'.repeat(1024 * 1024))),
        await failureOf(hub.publish('nobody', {})),
      ]);
    }
    expect(failures[1]).toEqual(failures[0]);
    expect(failures[0]).not.toContain('none');
    const lost = two.hub.query(source, { silent: true });
    lost.catch(() => undefined);
    await waitFor('the query', () => connector.queried.length === 7);
    await connector.close();
    await expect(lost).rejects.toMatchObject({ messageCode: 'millrace.hub.connectionLost' });
    for (const { hub } of [one, two]) {
      await waitFor('nobody', () =>
        hub.publish(source, {}).then(
          () => false,
          (thrown: { messageCode: string }) => thrown.messageCode === 'millrace.hub.noConnector',
        ),
      );
    }
  });

  it('have one connector among all: another one is refused as on one instance, the same one takes over', async () => {
    const connector = await connect(one, { secret: 'mine' });
    const refusals: unknown[] = [];
    for (const at of [one, two]) {
      const other = await at.open(source, { secret: 'other' });
      await other.validate();
      other.sendClaim();
      refusals.push((await other.client.next()).data.toString());
      await other.close();
    }
    expect(refusals[1]).toBe(refusals[0]);
    expect(refusals[0]).toContain('alreadyServed');
    const open = one.hub.query(source, { silent: true });
    open.catch(() => undefined);
    await waitFor('the query', () => connector.queried.length === 1);
    const again = await connect(two, { secret: 'mine' });
    expect(await connector.closed).toEqual({ code: 1012, reason: 'The source was taken over by its connector' });
    await expect(open).rejects.toMatchObject({ messageCode: 'millrace.hub.connectionLost' });
    await one.hub.publish(source, { to: 'the new one' });
    await waitFor('the message', () => again.published.length === 1);
    expect(connector.published).toEqual([]);
    expect([await stateAt(one), await stateAt(two)]).toEqual(['connected', 'connected']);
  });

  it('bring a document or a deletion to the connector at the other', async () => {
    const connector = await connect(one);
    for (let round = 0; round < 5; round += 1) {
      await two.hub.setConfiguration(source, { round });
      await waitFor('the document', () => (connector.configurations.at(-1) as { round?: number })?.round === round);
    }
    await two.hub.publish(source, { after: 'them' });
    await waitFor('the message', () => connector.published.length === 1);
    expect(await two.hub.deleteSource(source)).toBe(true);
    expect(await connector.closed).toMatchObject({ code: 1012 });
    for (const { hub } of [one, two]) {
      await expect(hub.publish(source, {})).rejects.toMatchObject({ messageCode: 'millrace.hub.unknownSource' });
    }
  });

  it('let messages wait for a connector that was asked to claim anew, and comes back at the other', async () => {
    const connector = await connect(one, { secret: 'mine', claimsAnew: false });
    await two.hub.requireReconnect(source);
    await waitFor('the message', () => connector.reconnects === 1);
    await waitFor(
      'both',
      async () => (await stateAt(one)) === 'reconnecting' && (await stateAt(two)) === 'reconnecting',
    );
    const waiting = [one, two].flatMap(({ hub }, instance) =>
      Array.from({ length: 5 }, (_unused, index) => hub.publish(source, { instance, index })),
    );
    await connector.close();
    const again = await connect(two, { secret: 'mine' });
    await Promise.all(waiting);
    await waitFor('all of them', () => again.published.length === 10);
    for (const instance of [0, 1]) {
      const heard = (again.published as { instance: number; index: number }[]).filter(
        (each) => each.instance === instance,
      );
      expect(heard.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
    }
  });

  it('show what they have done at either, also when they move; each notification is handled once', async () => {
    const handled: unknown[] = [];
    const stops = [one, two].map(({ hub }, instance) =>
      hub.onNotification(source, ({ object }) => void handled.push([instance, object['n']])),
    );
    const connector = await connect(one, { secret: 'mine' });
    for (let n = 1; n <= 3; n += 1) connector.notify({ n }, `epoch:${n}`);
    await waitFor('the acknowledgements', () => connector.acknowledged.length === 3);
    await two.hub.publish(source, {});
    await two.hub.query(source, {});
    await one.hub.query(source, {});
    const kept = await one.hub.newestNotifications(source, 2);
    expect(kept.map(({ object, id }) => [object, id])).toEqual([2, 3].map((n) => [{ n }, `epoch:${n}`]));
    expect(await two.hub.newestNotifications(source, 2)).toEqual(kept);
    await waitFor('all at both', async () => {
      const [here, there] = [await one.hub.describeSource(source), await two.hub.describeSource(source)];
      return here?.queries === 2 && JSON.stringify(here) === JSON.stringify(there);
    });
    const again = await connect(two, { secret: 'mine' });
    // The last one may not have been acknowledged.
    for (let n = 3; n <= 4; n += 1) again.notify({ n }, `epoch:${n}`);
    await waitFor('the acknowledgements', () => again.acknowledged.length === 2);
    expect(handled).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 4],
    ]);
    await waitFor('the sum', async () => (await one.hub.describeSource(source))?.notifications === 4);
    expect(await one.hub.describeSource(source)).toMatchObject({ notifications: 4, publishes: 1, queries: 2 });
    stops.forEach((stop) => stop());
  });

  it('are free at once when an instance ends, and those created at a start agree', async () => {
    const sources = { [`${source}-seed`]: { from: 'one' } };
    const [third, fourth] = await Promise.all([
      startInstance({ sources }),
      startInstance({ sources: { [`${source}-seed`]: { from: 'two' } } }),
    ]);
    expect(await third.hub.describeSource(`${source}-seed`)).toEqual(await fourth.hub.describeSource(`${source}-seed`));
    const connector = await connect(third);
    expect(await stateAt(two)).toBe('connected');
    await third.close();
    expect(await connector.closed).toMatchObject({ code: 1012 });
    expect(await stateAt(two)).toBe('disconnected');
    await connect(fourth);
    expect(await stateAt(two)).toBe('connected');
    await fourth.close();
    expect(two.app.get(ConnectorHub)).toBe(two.hub);
  });
});
