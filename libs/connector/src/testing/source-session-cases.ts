import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { casesOn, type ContractCase } from '@millrace/core/contract';
import type { SourceStore } from '../api/source-store.port.js';
import { LocalDirectory } from '../hub/directory/local-directory.js';
import type {
  Claimed,
  ClaimFault,
  DirectoryHost,
  SourceDirectory,
  SourceState,
} from '../hub/directory/source-directory.js';

/** Makes stores of the kind under test. */
interface Subject {
  create(): SourceStore | Promise<SourceStore>;
}

/** How long a claim is waited for, in milliseconds: longer than a test takes, and so that it is soon over. */
const LONG = 60_000;
const SHORT = 200;
const LIMITS = {
  keepNotifications: 3,
  keepNotificationBytes: 1000,
  maxRows: 100,
  maxResultBytes: 100_000,
  maxMessageBytes: 100_000,
};

/** What a hub would do; it notes what it is told. */
class Host implements DirectoryHost {
  readonly changes: string[] = [];
  state: SourceState = { session: undefined, openQueries: 0, delivered: [] };

  configured(source: string, revision: number): void {
    this.changes.push(`${source} ${revision}`);
  }

  deleted(source: string, revision: number): void {
    this.changes.push(`${source} ${revision} deleted`);
  }

  replaced(): void {
    // Another instance would say so.
  }

  lapsed(): void {
    // That of the test has its place as long as it needs.
  }

  stateOf(): SourceState {
    return this.state;
  }

  handle(): boolean {
    return false;
  }
}

interface Bench {
  readonly directory: SourceDirectory;
  readonly host: Host;
  /** Claims the source `a`. */
  claim(this: void, session: string, secret?: string): Promise<Claimed | ClaimFault>;
}

async function open(subject: Subject, reclaimWait: number): Promise<{ bench: Bench; close: () => Promise<void> }> {
  const store = await subject.create();
  const settings = { ...LIMITS, reclaimWait };
  const directory = store.shareSources?.(settings) ?? new LocalDirectory(store, settings);
  const host = new Host();
  await directory.join(host);
  await directory.createMissing({ a: { made: 'first' }, b: {} });
  const claim = (session: string, secret?: string): Promise<Claimed | ClaimFault> =>
    directory.claim('a', { session, secret: secret === undefined ? undefined : Buffer.from(secret.padEnd(32)) });
  const bench: Bench = { directory, host, claim };
  return { bench, close: async () => store.close?.() };
}

const sessionCase = casesOn((subject: Subject) => open(subject, LONG));
const impatientCase = casesOn((subject: Subject) => open(subject, SHORT));

const stateOf = async (directory: SourceDirectory): Promise<string | undefined> =>
  (await directory.describe('a'))?.state;
const publish = { kind: 'publish', text: () => '{}' } as const;

/** What a store promises for the sessions of sources: by itself, or by what a hub does for a store that is not shared. */
export const SOURCE_SESSION_CASES: readonly ContractCase<Subject>[] = [
  sessionCase('gives a source to one session, until that does not want it any more', async ({ directory, claim }) => {
    const [one, two] = [randomUUID(), randomUUID()];
    assert.equal(await stateOf(directory), 'disconnected');
    assert.deepEqual(await claim(one), {
      configuration: { made: 'first' },
      ...numbersOf(await claim(one)),
    });
    assert.equal(await claim(two), 'served');
    assert.equal(await claim(two, 'secret'), 'served');
    assert.equal(await stateOf(directory), 'connected');
    directory.release('a', two);
    assert.equal(await claim(two), 'served');
    directory.release('a', one);
    assert.equal(await stateOf(directory), 'disconnected');
    assert.equal(typeof (await claim(two)), 'object');
    assert.equal(await directory.claim('none', { session: one, secret: undefined }), 'unknown');
  }),

  sessionCase(
    'gives a source to another session with the same secret, and to no other',
    async ({ directory, claim }) => {
      const [one, two, three] = [randomUUID(), randomUUID(), randomUUID()];
      await claim(one, 'mine');
      assert.equal(await claim(two, 'other'), 'served');
      assert.equal(await claim(two), 'served');
      assert.equal(typeof (await claim(two, 'mine')), 'object');
      // The end of the one before changes nothing.
      directory.release('a', one);
      assert.equal(await claim(three), 'served');
      assert.equal(await stateOf(directory), 'connected');
    },
  ),

  sessionCase('gives a source once to many that claim it at the same time', async ({ claim }) => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => claim(randomUUID())));
    assert.equal(outcomes.filter((outcome) => outcome !== 'served').length, 1);
  }),

  sessionCase('tells of each change of a document, with growing numbers', async ({ directory, host, claim }) => {
    await directory.configure('a', { made: 'second' });
    const claimed = (await claim(randomUUID())) as Claimed;
    assert.deepEqual(claimed.configuration, { made: 'second' });
    await directory.configure('a', { made: 'third' });
    const [first = 0, second = 0] = host.changes.map((change) => Number(change.split(' ')[1]));
    assert.equal(claimed.revision, first);
    assert.ok(second > first);
    await directory.createMissing({ a: { made: 'again' } });
    assert.deepEqual((await directory.describe('a'))?.configuration, { made: 'third' });
    assert.equal(await directory.delete('a'), true);
    assert.equal(host.changes.at(-1)?.endsWith(' deleted'), true);
    assert.equal(await directory.delete('a'), false);
    assert.equal(await claim(randomUUID()), 'unknown');
    assert.equal(await directory.has('a'), false);
  }),

  sessionCase('says where a source is served, and waits for a claim that is expected', async ({ directory, claim }) => {
    const session = randomUUID();
    assert.equal(await directory.ask('none', publish), 'unknown');
    assert.equal(await directory.ask('a', publish), 'none');
    await claim(session, 'mine');
    assert.equal(await directory.ask('a', publish), 'here');
    directory.expectClaim('a', session);
    assert.equal(await stateOf(directory), 'reconnecting');
    const order: number[] = [];
    const asked = [1, 2, 3].map(async (number) => {
      assert.equal(await directory.ask('a', publish), 'here');
      order.push(number);
    });
    directory.release('a', session);
    assert.equal(await stateOf(directory), 'disconnected');
    await claim(randomUUID(), 'mine');
    directory.served('a');
    await Promise.all(asked);
    assert.deepEqual(order, [1, 2, 3]);
  }),

  impatientCase('waits no longer than it may, and not for what was deleted', async ({ directory, claim }) => {
    const session = randomUUID();
    await claim(session);
    directory.expectClaim('a', session);
    const began = performance.now();
    // The wait itself lets a process end that does nothing else.
    const busy = setTimeout(() => undefined, LONG);
    assert.equal(await directory.ask('a', publish), 'none');
    clearTimeout(busy);
    assert.ok(performance.now() - began > SHORT / 2);
    directory.expectClaim('a', session);
    const asked = directory.ask('a', publish);
    await directory.delete('a');
    assert.equal(await asked, 'unknown');
  }),

  sessionCase('keeps what a source has done, and its newest notifications', async ({ directory }) => {
    assert.deepEqual(await recordOf(directory), { notifications: 0, publishes: 0, queries: 0 });
    for (let n = 1; n <= 5; n += 1) directory.note('a', { notification: notification(n), bytes: 200 });
    directory.note('a', { counted: 'publishes' });
    directory.note('a', { counted: 'queries' });
    directory.note('a', { counted: 'queries' });
    directory.note('a', { error: 'grüße: \ud83d\ude00' });
    assert.deepEqual(await recordOf(directory), {
      notifications: 5,
      publishes: 1,
      queries: 2,
      lastError: 'grüße: \ud83d\ude00',
    });
    assert.deepEqual(await keptOf(directory, 10), [3, 4, 5]);
    assert.deepEqual(await keptOf(directory, 2), [4, 5]);
    assert.deepEqual(await keptOf(directory, 0), []);
    directory.note('a', { notification: notification(6), bytes: 900 });
    assert.deepEqual(await keptOf(directory, 10), [6]);
    directory.note('a', { notification: notification(7), bytes: 1001 });
    assert.deepEqual(await keptOf(directory, 10), []);
    const listed = [...(await directory.list())];
    assert.deepEqual(
      listed.map(({ name, notifications }) => [name, notifications]),
      [
        ['a', 7],
        ['b', 0],
      ],
    );
    await directory.delete('a');
    await directory.configure('a', {});
    assert.deepEqual(await recordOf(directory), { notifications: 0, publishes: 0, queries: 0 });
  }),
];

function numbersOf(claimed: Claimed | ClaimFault): object {
  assert.ok(typeof claimed === 'object');
  return { revision: claimed.revision, delivered: [] };
}

function notification(n: number) {
  return { source: 'a', object: { n }, receivedAt: n, redelivered: false };
}

async function keptOf(directory: SourceDirectory, count: number): Promise<unknown[]> {
  return (await directory.newest('a', count)).map(({ object }) => object['n']);
}

/** What is counted of a source, and its last error without its time. */
async function recordOf(directory: SourceDirectory): Promise<object> {
  const { notifications, publishes, queries, lastError } = (await directory.describe('a')) ?? {};
  return { notifications, publishes, queries, ...(lastError !== undefined && { lastError }) };
}
