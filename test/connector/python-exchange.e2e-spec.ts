import { OnNotification, type SourceNotification } from '@millrace/connector';
import { waitFor } from '../support/waiting.js';
import { type RunningHub, startHub } from './support/hub.js';
import { PYTHON_CONNECTORS, PythonConnector } from './support/python-connector.js';

const MIB = 1024 * 1024;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const report = { messageCode: 'com.example.bad', messageTemplate: 'Query {0} of {1}', parameters: ['q-17', 5] };

class Notes {
  readonly taken: SourceNotification[] = [];

  @OnNotification(/^/) keep(_object: object, notification: SourceNotification): void {
    this.taken.push(notification);
  }
}

describe.each(PYTHON_CONNECTORS)('Exchange with an existing connector of %s frames', (kind) => {
  let running: RunningHub;
  let connector: PythonConnector;
  beforeAll(async () => {
    running = await startHub({ queryTimeout: '2.5s', maxPayload: 3 * MIB }, { providers: [Notes] });
    connector = await PythonConnector.connect(kind, running.wsUrl, { sources: ['a', 'b'] });
  });
  afterAll(async () => {
    await connector.stop('SIGKILL');
    await running.close();
  });

  /** Where the deadline is not the matter, a busy machine has time. */
  const ask = (order: object, source = 'a'): Promise<unknown[]> =>
    running.hub.query(source, order, { timeout: 30_000 });

  it('connector#54: 200 publishes to each of two sources arrive unchanged, once, in order, only there', async () => {
    const odd = {
      text: 'Grüße, 世界 \u0000"\\',
      none: null,
      deep: { list: [1, [2, { three: 3 }]] },
      large: 2 ** 53 - 1,
    };
    await Promise.all(
      numbers(200).flatMap((n) => [running.hub.publish('a', { n, odd }), running.hub.publish('b', { n })]),
    );
    await Promise.all(['a', 'b'].map((source) => connector.until('publish', { source, count: 200 })));
    expect(connector.of('publish', 'a').map(({ object }) => object)).toEqual(numbers(200).map((n) => ({ n, odd })));
    expect(connector.of('publish', 'b').map(({ object }) => object)).toEqual(numbers(200).map((n) => ({ n })));
  });

  it.each<[string, [number, unknown?][], unknown[]]>([
    ['a single object', [[200, { n: 1 }]], [{ n: 1 }]],
    ['an array', [[200, [{ n: 1 }, { n: 2 }]]], [{ n: 1 }, { n: 2 }]],
    ['an empty array', [[200, []]], []],
    ['no data', [[204]], []],
    ['partial responses', [[100, { n: 1 }], [100, { n: 2 }], [200, { n: 3 }]], [{ n: 1 }, { n: 2 }, { n: 3 }]], // prettier-ignore
    ['partial arrays', [[100, [{ n: 1 }, { n: 2 }]], [100, []], [200, [{ n: 3 }]]], [{ n: 1 }, { n: 2 }, { n: 3 }]], // prettier-ignore
    ['partial responses and no more data', [[100, { n: 1 }], [204]], [{ n: 1 }]],
  ])('connector#56: %s gives its rows', async (_name, answers, rows) => {
    expect(await ask({ answers })).toEqual(rows);
  });

  it.each<[string, [number, unknown][]]>([
    ['connector#58: an error reaches the asker with all its parts', [[400, report]]],
    ['connector#59: an error after partial responses is an error', [[100, { n: 1 }], [100, [{ n: 2 }]], [400, report]]], // prettier-ignore
  ])('%s', async (_name, answers) => {
    await expect(ask({ answers })).rejects.toMatchObject({
      name: 'HubQueryError',
      messageCode: 'com.example.bad',
      messageTemplate: 'Query {0} of {1}',
      parameters: ['q-17', 5],
      message: 'Query q-17 of 5',
    });
  });

  it('connector#60: 40 queries answered in reverse order get each their own answer', async () => {
    const orders = numbers(40).map((n) => ({ n, hold: 40 }));
    const answers = await Promise.all(orders.map((order) => ask(order)));
    expect(answers).toEqual(orders.map((answerTo) => [{ answerTo }]));
  });

  it('connector#61: ignores second last responses, unknown and missing addresses; the connection stays', async () => {
    expect(await ask({ answers: [[200, { n: 1 }]], then: 'odd' })).toEqual([{ n: 1 }]);
    expect(await ask({ answers: [[200, { n: 2 }]] })).toEqual([{ n: 2 }]);
    expect(connector.of('close')).toEqual([]);
  });

  it('connector#62: an unanswered query ends at its deadline, which partial responses restart', async () => {
    await expect(running.hub.query('a', {})).rejects.toMatchObject({ messageCode: 'millrace.hub.queryTimeout' });
    // Longer than the deadline in all, and a tenth of it from one to the next.
    const answers = [...numbers(11).map((n) => [100, { n }]), [204]];
    const start = performance.now();
    expect(await running.hub.query('a', { answers, pause: 1 }, { timeout: 10_500 })).toHaveLength(11);
    expect(performance.now() - start).toBeGreaterThan(10_900);
  });

  it('connector#65 #66: 500 notifications of each source arrive complete, in order, under their source', async () => {
    await Promise.all(['a', 'b'].map((source) => running.hub.publish(source, { notify: 500 })));
    // A connector with a window of five stands still for ever when one acknowledgement is missing.
    await Promise.all(['a', 'b'].map((source) => connector.until('notified', { source })));
    const { taken } = running.app.get(Notes);
    // Those that came in one piece are handled after the answer that came with them.
    await waitFor('all of them', () => taken.length >= 1000);
    await expect(ask({ answers: [[204]] })).resolves.toEqual([]);
    await expect(ask({ answers: [[204]] }, 'b')).resolves.toEqual([]);
    for (const name of ['a', 'b']) {
      expect(taken.filter(({ source }) => source === name).map(({ object }) => object)).toEqual(
        numbers(500).map((n) => ({ n, of: name })),
      );
    }
    expect(connector.of('error')).toEqual([]);
  });

  it('connector#68: it got frames of its own type only', () => {
    expect(running.hub.sessions().map(({ frames }) => frames)).toEqual([kind, kind]);
    expect(connector.of('textFrame')).toEqual([]);
  });

  it('connector#75: takes a response of 2 MiB; above the limit 1009 ends that connection, and it comes back', async () => {
    const [row] = (await ask({ bytes: 2 * MIB })) as [{ text: string }];
    expect(row.text).toHaveLength(2 * MIB);
    await expect(ask({ bytes: 3 * MIB })).rejects.toMatchObject({ messageCode: 'millrace.hub.connectionLost' });
    expect((await connector.until('close', { source: 'a' })).code).toBe(1009);
    await connector.until('connect', { source: 'a', count: 2 });
    expect(connector.of('close', 'b')).toEqual([]);
  });

  it('connector#63 #64: a killed connector fails what is open at once, and then every publish and query', async () => {
    const open = running.hub.query('a', {}, { timeout: 60_000 }).catch((error: unknown) => error);
    await waitFor('the query', () => running.hub.sessions().some(({ openQueries }) => openQueries === 1));
    await connector.stop('SIGKILL');
    expect(await open).toMatchObject({ messageCode: 'millrace.hub.connectionLost' });
    await waitFor('the end of its sessions', () => running.hub.sessions().length === 0);
    await expect(running.hub.publish('a', {})).rejects.toMatchObject({ messageCode: 'millrace.hub.noConnector' });
    await expect(running.hub.query('b')).rejects.toMatchObject({ messageCode: 'millrace.hub.noConnector' });
  });
});
