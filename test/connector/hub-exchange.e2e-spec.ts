import { OnNotification, type SourceNotification } from '@millrace/connector';
import { MillraceError } from '@millrace/core';
import { waitFor } from '../support/waiting.js';
import { type RunningHub, startHub } from './support/hub.js';
import type { RawConnector } from './support/raw-connector.js';

const MIB = 1024 * 1024;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Notes what the hub delivers, and refuses what it is asked to. */
class Notes {
  readonly taken: SourceNotification[] = [];

  @OnNotification(/^/) keep(object: { refuse?: string }, notification: SourceNotification): void {
    if (object.refuse === 'for good') throw new Error('not this one');
    if (object.refuse === 'for now') throw new MillraceError('UNAVAILABLE', 'later');
    this.taken.push(notification);
  }
}

describe('Publishes, queries and notifications at the hub', () => {
  let running: RunningHub;
  let a: RawConnector;
  let b: RawConnector;
  let notes: Notes;
  beforeEach(async () => {
    running = await startHub({ queryTimeout: '10s', maxOpenQueries: 50 }, { providers: [Notes] });
    notes = running.app.get(Notes);
    [a, b] = await Promise.all([running.connect('a', { secret: 'a' }), running.connect('b', { secret: 'b' })]);
  });
  afterEach(() => running.close());

  /** Asks source `a` and answers by a script. @returns the rows, or the error */
  const ask = async (answer: (address: string) => void, options = {}): Promise<unknown> => {
    const result = running.hub.query('a', {}, options).catch((error: unknown) => error);
    answer((await a.nextQuery()).address);
    return result;
  };

  it('connector#54: publishes arrive unchanged, once, in order, only at their source', async () => {
    const odd = {
      text: 'Grüße, 世界 \u0000"\\',
      none: null,
      deep: { list: [1, [2, { three: 3 }]] },
      large: 2 ** 53 - 1,
    };
    await Promise.all(
      numbers(200).flatMap((n) => [running.hub.publish('a', { n, odd }), running.hub.publish('b', { n, of: 'b' })]),
    );
    for (const [connector, more] of [
      [a, { odd }],
      [b, { of: 'b' }],
    ] as const) {
      for (const n of numbers(200))
        expect(await connector.next()).toMatchObject({
          op: 'publish',
          resourceId: connector.source,
          object: { n, ...more },
        });
    }
    for (const object of [null, 5, 'text', [1, 2], true]) {
      await running.hub.publish('a', object);
      expect((await a.next()).object).toEqual(object);
    }
    expect(a.messages.filter(({ op }) => op === 'publish')).toHaveLength(205);
  });

  it('connector#55: each query carries an address of its own', async () => {
    const asked = numbers(40).map((n) => running.hub.query('a', { n }));
    const addresses = new Set<string>();
    for (const n of numbers(40)) {
      const { object, address } = await a.nextQuery();
      expect(object).toEqual({ n });
      addresses.add(address);
      a.respond(address, 204);
    }
    expect(addresses.size).toBe(40);
    expect(addresses.has('')).toBe(false);
    await Promise.all(asked);
  });

  it.each<[string, [number, unknown?][], unknown[]]>([
    ['a single object', [[200, { n: 1 }]], [{ n: 1 }]],
    ['an array', [[200, [{ n: 1 }, { n: 2 }]]], [{ n: 1 }, { n: 2 }]],
    ['an empty array', [[200, []]], []],
    ['no data', [[204]], []],
    ['partial responses', [[100, { n: 1 }], [100, { n: 2 }], [200, { n: 3 }]], [{ n: 1 }, { n: 2 }, { n: 3 }]], // prettier-ignore
    ['partial arrays', [[100, [{ n: 1 }, { n: 2 }]], [200, [{ n: 3 }]]], [{ n: 1 }, { n: 2 }, { n: 3 }]], // prettier-ignore
    ['partial responses and no more data', [[100, { n: 1 }], [204]], [{ n: 1 }]],
    ['an array in an array, flattened by one level', [[200, [[1, 2], 3]]], [[1, 2], 3]],
    [
      'other numbers of the same families',
      [
        [150, { n: 1 }],
        [206, { n: 2 }],
      ],
      [{ n: 1 }, { n: 2 }],
    ],
  ])('connector#56: %s gives its rows', async (_name, responses, rows) => {
    expect(await ask((address) => responses.forEach(([status, body]) => a.respond(address, status, body)))).toEqual(
      rows,
    );
  });

  it.each([{}, null, [{ n: 1 }], 'text'])('connector#57: 204 with the body %j adds no row', async (body) => {
    expect(
      await ask((address) => {
        a.respond(address, 100, { n: 1 });
        a.respond(address, 204, body);
      }),
    ).toEqual([{ n: 1 }]);
  });

  const report = { messageCode: 'com.example.bad', messageTemplate: 'Query {0} of {1}', parameters: ['q-17', 5] };

  it.each<[string, unknown, unknown, string]>([
    ['an object', report, ['q-17', 5], 'Query q-17 of 5'],
    ['an array of objects', [report], ['q-17', 5], 'Query q-17 of 5'],
    ['an object whose parameters are null', { ...report, parameters: null }, [], 'Query {0} of {1}'],
  ])('connector#58: an error as %s reaches the asker with all its parts', async (_name, body, parameters, message) => {
    expect(await ask((address) => a.respond(address, 400, body))).toMatchObject({
      name: 'HubQueryError',
      messageCode: 'com.example.bad',
      messageTemplate: 'Query {0} of {1}',
      parameters,
      message,
      answerStatus: 400,
    });
  });

  it('connector#59: an error after partial responses is an error', async () => {
    const error = await ask((address) => {
      a.respond(address, 100, [{ n: 1 }]);
      a.respond(address, 500, report);
    });
    expect(error).toMatchObject({ messageCode: 'com.example.bad', answerStatus: 500 });
  });

  it('connector#60: 40 queries answered in reverse order get each their own answer', async () => {
    const asked = numbers(40).map((n) => running.hub.query('a', { n }));
    const queries = [];
    for (const _each of numbers(40)) queries.push(await a.nextQuery());
    for (const { address, object } of queries.reverse()) a.respond(address, 200, { answerTo: object });
    expect(await Promise.all(asked)).toEqual(numbers(40).map((n) => [{ answerTo: { n } }]));
  });

  it('connector#61: ignores second last responses, unknown and missing addresses', async () => {
    const rows = await ask((address) => {
      a.respond('nobody asked this', 200, [{ n: 0 }]);
      a.send({ status: 200, body: [{ n: 0 }] });
      a.send({ status: 200, headers: { 'X-Reply-Address': 5 }, body: [{ n: 0 }] });
      a.respond(address, 200, [{ n: 1 }]);
      a.respond(address, 200, [{ n: 2 }]);
      a.respond(address, 400, report);
    });
    expect(rows).toEqual([{ n: 1 }]);
    for (const _each of numbers(6)) expect(await a.next()).toEqual({ status: 200 });
    await running.hub.publish('a', { still: 'there' });
    expect(await a.next()).toMatchObject({ op: 'publish' });
  });

  it('connector#61: takes no answer from another session', async () => {
    const asked = running.hub.query('a');
    const { address } = await a.nextQuery();
    b.respond(address, 200, [{ forged: true }]);
    expect(await b.next()).toEqual({ status: 200 });
    a.respond(address, 200, [{ forged: false }]);
    expect(await asked).toEqual([{ forged: false }]);
  });

  it('connector#62: an unanswered query ends at its deadline, which partial responses restart', async () => {
    const start = performance.now();
    expect(await ask(() => undefined, { timeout: 300 })).toMatchObject({
      messageCode: 'millrace.hub.queryTimeout',
      code: 'TIMED_OUT',
    });
    expect(performance.now() - start).toBeGreaterThan(280);
    const asked = running.hub.query('a', {}, { timeout: 10_500 });
    const { address } = await a.nextQuery();
    const again = performance.now();
    // Longer than the deadline in all, and a tenth of it from one to the next.
    for (const n of numbers(11)) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      a.respond(address, 100, { n });
    }
    a.respond(address, 204);
    expect(await asked).toHaveLength(11);
    expect(performance.now() - again).toBeGreaterThan(10_900);
  });

  it('connector#62: gives rows as they come, and a query up when its asker leaves', async () => {
    const rows = running.hub.queryRows('a');
    const first = rows.next();
    const { address } = await a.nextQuery();
    a.respond(address, 100, [{ n: 1 }, { n: 2 }]);
    expect((await first).value).toEqual({ n: 1 });
    expect(running.hub.sessions().find(({ source }) => source === 'a')?.openQueries).toBe(1);
    await rows.return();
    expect(running.hub.sessions().find(({ source }) => source === 'a')?.openQueries).toBe(0);
  });

  it('connector#63: a lost connection fails its open queries at once', async () => {
    const asked = running.hub.query('a', {}, { timeout: 60_000 }).catch((error: unknown) => error);
    await a.nextQuery();
    a.client.ws.terminate();
    expect(await asked).toMatchObject({ messageCode: 'millrace.hub.connectionLost', code: 'UNAVAILABLE' });
  });

  it('connector#64: publish and query without a connector, or a source, fail at once', async () => {
    await a.close();
    await waitFor('the end of the session', () => running.hub.sessions().length === 1);
    const away = {
      messageCode: 'millrace.hub.noConnector',
      messageTemplate: expect.any(String) as string,
      parameters: ['a'],
    };
    await expect(running.hub.publish('a', {})).rejects.toMatchObject(away);
    await expect(running.hub.query('a')).rejects.toMatchObject(away);
    await expect(running.hub.query('nobody')).rejects.toMatchObject({ messageCode: 'millrace.hub.unknownSource' });
  });

  it('connector#65 #66: acknowledges notifications and responses in order; 500 of each source are complete', async () => {
    const asked = running.hub.query('a');
    const { address } = await a.nextQuery();
    for (const n of numbers(500)) {
      a.notify({ n });
      b.notify({ n: 1000 + n });
      if (n === 250) a.respond(address, 200, [{ n }]);
    }
    for (const _each of numbers(501)) expect(await a.next()).toEqual({ status: 200 });
    for (const _each of numbers(500)) expect(await b.next()).toEqual({ status: 200 });
    expect(await asked).toEqual([{ n: 250 }]);
    const of = (name: string) => notes.taken.filter(({ source }) => source === name).map(({ object }) => object['n']);
    expect(of('a')).toEqual(numbers(500));
    expect(of('b')).toEqual(numbers(500).map((n) => 1000 + n));
  });

  it('connector#65: serves a client that waits for acknowledgements after five', async () => {
    let sent = 0;
    let acknowledged = 0;
    while (acknowledged < 12) {
      while (sent < 12 && sent - acknowledged < 5) a.notify({ n: sent++ });
      expect(await a.next()).toEqual({ status: 200 });
      acknowledged += 1;
    }
    expect(notes.taken).toHaveLength(12);
  });

  it('connector#65: nothing overtakes a notification that takes its time: neither a refused one nor a query response', async () => {
    let letGo: (() => void) | undefined;
    running.hub.onNotification('a', () => new Promise<void>((resolve) => (letGo = resolve)));
    a.notify({ slow: true });
    await waitFor('the slow one', () => letGo);
    a.notify('no object');
    const asked = running.hub.query('a');
    a.respond((await a.nextQuery()).address, 204);
    expect(await asked).toEqual([]);
    expect(a.messages.filter(({ status }) => status !== undefined)).toHaveLength(1);
    letGo?.();
    expect(await a.next()).toEqual({ status: 200 });
    expect(await a.next()).toMatchObject({ status: 400 });
    expect(await a.next()).toEqual({ status: 200 });
  });

  it('connector#65: answers in place of an acknowledgement what could not be handled', async () => {
    a.notify({ n: 1 });
    a.notify({ refuse: 'for good' });
    a.notify({ n: 2 });
    expect(await a.next()).toEqual({ status: 200 });
    expect(await a.next()).toMatchObject({ status: 500, body: [{ code: 'millrace.hub.handlerFailed' }] });
    expect(await a.next()).toEqual({ status: 200 });
    // What only fails for now must not be acknowledged: a connector of ours sends it again on its next connection.
    a.notify({ refuse: 'for now' });
    expect((await a.closed).code).toBe(1013);
    expect(notes.taken.map(({ object }) => object)).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('connector#66: one that could not be taken for now, and those sent behind it, arrive once and in order when they come again', async () => {
    let failures = 1;
    const taken: unknown[] = [];
    running.hub.onNotification('a', async ({ object }) => {
      // Those behind it have arrived by now, and wait.
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (failures-- > 0) throw new MillraceError('UNAVAILABLE', 'later');
      taken.push(object);
    });
    const send = (connector: RawConnector): void => {
      for (const n of [1, 2, 3]) connector.notify({ n }, { messageHeaders: { 'X-Notification-Id': `epoch:${n}` } });
    };
    send(a);
    expect((await a.closed).code).toBe(1013);
    const back = await running.connect('a', { secret: 'a' });
    send(back);
    for (let each = 0; each < 3; each += 1) expect(await back.next()).toEqual({ status: 200 });
    expect(taken).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it.each([undefined, null, 5, 'text', [{}], true])(
    'connector#67: refuses the notification %j, and delivers nothing',
    async (object) => {
      a.notify(object);
      expect(await a.next()).toMatchObject({ status: 400, body: [{ code: 'millrace.hub.badNotification' }] });
      a.notify({ good: true });
      expect(await a.next()).toEqual({ status: 200 });
      expect(notes.taken.map((each) => each.object)).toEqual([{ good: true }]);
    },
  );

  it('connector#67: refuses a notification for another source than the one claimed', async () => {
    a.notify({ forged: true }, { resourceId: 'b' });
    expect(await a.next()).toMatchObject({ status: 400 });
    expect(notes.taken).toEqual([]);
  });

  it('connector#74: sends no message above 1 MiB; the asker gets the error, the connection stays', async () => {
    const tooLarge = { messageCode: 'millrace.hub.messageTooLarge', code: 'TOO_LARGE' };
    await expect(running.hub.publish('a', { text: 'x'.repeat(MIB) })).rejects.toMatchObject(tooLarge);
    await expect(running.hub.query('a', { text: 'x'.repeat(MIB) })).rejects.toMatchObject(tooLarge);
    await running.hub.publish('a', { text: 'x'.repeat(MIB - 1000) });
    expect((await a.next()).object).toEqual({ text: 'x'.repeat(MIB - 1000) });
  });

  it('connector#75: takes a response of 2 MiB, and closes with 1009 above its limit', async () => {
    expect(await ask((address) => a.respond(address, 200, [{ text: 'x'.repeat(2 * MIB) }]))).toHaveLength(1);
    const asked = running.hub.query('a', {}, { timeout: 60_000 }).catch((error: unknown) => error);
    const { address } = await a.nextQuery();
    a.respond(address, 200, [{ text: 'x'.repeat(16 * MIB) }]);
    expect((await a.closed).code).toBe(1009);
    expect(await asked).toMatchObject({ messageCode: 'millrace.hub.connectionLost' });
  });

  it('connector#75: the limit may be set', async () => {
    await running.close();
    running = await startHub({ maxPayload: 2 * MIB });
    const connector = await running.connect('a');
    connector.notify({ text: 'x'.repeat(MIB) });
    expect(await connector.next()).toEqual({ status: 200 });
    connector.notify({ text: 'x'.repeat(2 * MIB) });
    expect((await connector.closed).code).toBe(1009);
  });

  it('refuses one query more than may be open, and a result above its limits', async () => {
    const asked = numbers(50).map(() => running.hub.query('a', {}, { timeout: 60_000 }));
    await expect(running.hub.query('a')).rejects.toMatchObject({ messageCode: 'millrace.hub.tooManyQueries' });
    for (const _each of numbers(50)) a.respond((await a.nextQuery()).address, 204);
    await Promise.all(asked);
  });

  it('a connector that reads nothing makes publishes fail, not the hub swell', async () => {
    a.client.ws.pause();
    const flood = async (): Promise<void> => {
      for (;;) {
        await running.hub.publish('a', { text: 'x'.repeat(500_000) });
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await expect(flood()).rejects.toMatchObject({ messageCode: 'millrace.hub.overloaded', code: 'UNAVAILABLE' });
    await running.hub.publish('b', { undisturbed: true });
    expect(await b.next()).toMatchObject({ object: { undisturbed: true } });
    a.client.ws.terminate();
  });
});
