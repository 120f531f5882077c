import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { casesOn, type ContractCase } from '@millrace/core/contract';
import type { Outbox, OutboxEntry, OutboxQueue } from '../api/outbox.port.js';

/** Makes outboxes of the kind under test. */
export interface OutboxSubject {
  open(): Outbox | Promise<Outbox>;
}

interface OutboxBench {
  /** The queue of a source that no other case has used. */
  readonly queue: OutboxQueue;
  /** The queue of another source, of the same outbox. */
  readonly other: OutboxQueue;
  /** Closes the queue and opens it again, as a new process would. */
  reopen(this: void): Promise<OutboxQueue>;
}

const outboxCase = casesOn(async (subject: OutboxSubject) => {
  const outbox = await subject.open();
  const source = `source ${randomUUID()}:1`;
  let queue = await outbox.open(source);
  const other = await outbox.open(`${source}.other`);
  const bench: OutboxBench = {
    queue,
    other,
    reopen: async () => {
      await queue.close();
      queue = await outbox.open(source);
      return queue;
    },
  };
  const close = async (): Promise<void> => {
    await queue.close();
    await other.close();
  };
  return { bench, close };
});

/**
 * What every `Outbox` promises, one case for each promise, for any test runner.
 *
 * @example
 * ```ts
 * declareContract('my outbox', OUTBOX_CONTRACT, { open: () => new MyOutbox() }); // of @millrace/core/contract
 * ```
 * @publicApi
 */
export const OUTBOX_CONTRACT: readonly ContractCase<OutboxSubject>[] = [
  outboxCase('gives entries in the order of the calls, also when these overlap', async ({ queue }) => {
    await Promise.all(entries(1, 50).map(async (entry) => queue.append(entry)));
    assert.deepEqual(numbers(await queue.read(30)), range(1, 30));
    assert.deepEqual(numbers(await queue.read(30)), range(31, 50));
    assert.deepEqual(numbers(await queue.read(30)), []);
  }),

  outboxCase('counts what is kept, also what has been read', async ({ queue }) => {
    await appendAll(queue, entries(1, 5));
    await queue.read(3);
    assert.equal(queue.size, 5);
    await queue.remove(2);
    assert.equal(queue.size, 3);
  }),

  outboxCase('gives again after a rewind what was not removed', async ({ queue }) => {
    await appendAll(queue, entries(1, 5));
    await queue.read(4);
    await queue.remove(2);
    queue.rewind();
    assert.deepEqual(numbers(await queue.read(10)), [3, 4, 5]);
  }),

  outboxCase('drops the oldest entry that has not been read, and says when there is none', async ({ queue }) => {
    await appendAll(queue, entries(1, 3));
    await queue.read(1);
    assert.equal(await queue.dropOldest(), true);
    assert.equal(queue.size, 2);
    assert.deepEqual(numbers(await queue.read(10)), [3]);
    assert.equal(await queue.dropOldest(), false);
  }),

  outboxCase('keeps objects and ids unchanged', async ({ queue }) => {
    const entry = { id: 'epoch:1', object: '{"text":"grüße \\u0000 😀","number":9007199254740991,"nothing":null}' };
    await queue.append(entry);
    assert.deepEqual(await queue.read(1), [entry]);
  }),

  outboxCase('keeps sources apart', async ({ queue, other }) => {
    await appendAll(queue, entries(1, 2));
    await appendAll(other, entries(3, 3));
    assert.deepEqual(numbers(await other.read(10)), [3]);
    assert.deepEqual(numbers(await queue.read(10)), [1, 2]);
  }),
];

/** What an `Outbox` promises whose entries outlive the process: {@link OUTBOX_CONTRACT} and more. */
export const DURABLE_OUTBOX_CONTRACT: readonly ContractCase<OutboxSubject>[] = [
  ...OUTBOX_CONTRACT,

  outboxCase('has everything that was not removed again after a restart, in order', async ({ queue, reopen }) => {
    await appendAll(queue, entries(1, 20));
    await queue.read(10);
    await queue.remove(5);
    const again = await reopen();
    assert.equal(again.size, 15);
    assert.deepEqual(numbers(await again.read(100)), range(6, 20));
  }),
];

function entries(from: number, to: number): OutboxEntry[] {
  return range(from, to).map((number) => ({ id: `epoch:${number}`, object: `{"number":${number}}` }));
}

async function appendAll(queue: OutboxQueue, list: readonly OutboxEntry[]): Promise<void> {
  for (const entry of list) await queue.append(entry);
}

function numbers(list: readonly OutboxEntry[]): number[] {
  return list.map(({ object }) => (JSON.parse(object) as { number: number }).number);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
