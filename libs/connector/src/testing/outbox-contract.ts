import type { Outbox, OutboxEntry, OutboxQueue } from '../api/outbox.port.js';

/** What an outbox promises, one test each; runs under Jest, Vitest or any runner with `describe`, `it` and `expect`. */
interface TestRunner {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => Promise<void>) => void;
  readonly afterAll: (body: () => Promise<void>) => void;
}

export interface OutboxContractOptions {
  /** Makes a driver; called for each test. */
  open: () => Outbox | Promise<Outbox>;
  /** Whether entries survive `close` and a new `open`. */
  durable: boolean;
  /** Undoes `open` at the end. */
  cleanUp?: () => Promise<void>;
}

/**
 * The contract suite of outbox drivers. Call it in a spec file of your driver.
 *
 * @example
 * ```ts
 * describeOutboxContract('MyOutbox', { open: () => new MyOutbox(), durable: true });
 * ```
 */
export function describeOutboxContract(name: string, options: OutboxContractOptions): void {
  const { describe, it, afterAll } = globalThis as unknown as TestRunner;
  let number = 0;
  const source = (): string => `source ${(number += 1)}:${Date.now()}`;

  const withQueue = async (
    work: (queue: OutboxQueue, reopen: () => Promise<OutboxQueue>) => Promise<void>,
  ): Promise<void> => {
    const driver = await options.open();
    const name_ = source();
    const opened: OutboxQueue[] = [await driver.open(name_)];
    try {
      await work(opened[0] as OutboxQueue, async () => {
        await opened.at(-1)?.close();
        const again = await driver.open(name_);
        opened.push(again);
        return again;
      });
    } finally {
      await opened.at(-1)?.close();
    }
  };

  describe(`the outbox contract: ${name}`, () => {
    if (options.cleanUp) afterAll(options.cleanUp);

    it('gives entries in the order of the calls, also when these overlap', () =>
      withQueue(async (queue) => {
        await Promise.all(entries(1, 50).map(async (entry) => queue.append(entry)));
        same(numbers(await queue.read(30)), range(1, 30));
        same(numbers(await queue.read(30)), range(31, 50));
        same(numbers(await queue.read(30)), []);
      }));

    it('counts what is kept, also what has been read', () =>
      withQueue(async (queue) => {
        await appendAll(queue, entries(1, 5));
        await queue.read(3);
        same(queue.size, 5);
        await queue.remove(2);
        same(queue.size, 3);
      }));

    it('gives again after a rewind what was not removed', () =>
      withQueue(async (queue) => {
        await appendAll(queue, entries(1, 5));
        await queue.read(4);
        await queue.remove(2);
        queue.rewind();
        same(numbers(await queue.read(10)), [3, 4, 5]);
      }));

    it('drops the oldest entry that has not been read, and says when there is none', () =>
      withQueue(async (queue) => {
        await appendAll(queue, entries(1, 3));
        await queue.read(1);
        same(await queue.dropOldest(), true);
        same(queue.size, 2);
        same(numbers(await queue.read(10)), [3]);
        same(await queue.dropOldest(), false);
      }));

    it('keeps objects and ids unchanged', () =>
      withQueue(async (queue) => {
        const entry = { id: 'epoch:1', object: '{"text":"grüße \\u0000 😀","number":9007199254740991,"nothing":null}' };
        await queue.append(entry);
        same(await queue.read(1), [entry]);
      }));

    it('keeps sources apart', () =>
      withQueue(async (queue) => {
        await withQueue(async (other) => {
          await appendAll(queue, entries(1, 2));
          await appendAll(other, entries(3, 3));
          same(numbers(await other.read(10)), [3]);
          same(numbers(await queue.read(10)), [1, 2]);
        });
      }));

    if (options.durable) {
      it('has everything that was not removed again after a restart, in order', () =>
        withQueue(async (queue, reopen) => {
          await appendAll(queue, entries(1, 20));
          await queue.read(10);
          await queue.remove(5);
          const again = await reopen();
          same(again.size, 15);
          same(numbers(await again.read(100)), range(6, 20));
        }));
    }
  });
}

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

function same(actual: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`Expected ${right}, got ${left}`);
}
