import { thrownText } from '@millrace/protocol';
import type { StreamStore } from '@millrace/stream-store';

/** What one append is made of. */
export interface Batch {
  /** @default 1 */
  readonly entries?: number;
  /** Bytes of each entry. @default 100 */
  readonly size?: number;
  /** Whether the entries ask for IDs of their own. */
  readonly own?: boolean;
  /** Another stream, to which a copy of the first entry goes in the same batch. */
  readonly beside?: string;
}

interface Call {
  readonly stream: string;
  readonly entries: number;
}

/** Numbers the appends of one store, and looks afterwards whether what is kept is what was promised. */
export class AppendRecord {
  private readonly calls: Call[] = [];
  private readonly acked = new Set<number>();
  /** Texts of what failed. */
  readonly failures: string[] = [];

  /** @param writer one digit, by which the entries of several stores on one Redis are told apart */
  constructor(
    private readonly store: StreamStore,
    private readonly writer = 0,
  ) {}

  get acks(): number {
    return this.acked.size;
  }

  /** Appends, and resolves with whether it was acknowledged. */
  async append(stream: string, { entries = 1, size = 100, own = false, beside }: Batch = {}): Promise<boolean> {
    const call = this.calls.push({ stream, entries }) - 1;
    const batch = Array.from({ length: entries }, (_unused, index) => {
      const data = Buffer.alloc(size, 'x');
      data.write(`${this.writer}:${call}:${index}:`);
      return { stream, data, id: own ? `${call + 1}-*` : undefined };
    });
    const [first] = batch;
    if (first && beside !== undefined) batch.push({ ...first, stream: beside });
    try {
      await this.store.appendAll(batch);
      this.acked.add(call);
      return true;
    } catch (error) {
      this.failures.push(`${call}: ${thrownText(error)}`);
      return false;
    }
  }

  /** Several callers at once, each of which appends again and again until it is enough. */
  async flood(callers: number, isEnough: () => boolean, next: (caller: number) => [string, Batch?]): Promise<void> {
    await Promise.all(
      Array.from({ length: callers }, async (_unused, caller) => {
        while (!isEnough()) {
          // A store that refuses at once must not keep this process busy.
          if (!(await this.append(...next(caller)))) await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }),
    );
  }

  /**
   * Expects of each stream that everything acknowledged is there once, each append whole, in the order of the calls. So nothing
   * that failed lies behind what was called after its failure.
   *
   * @param stored the data in the order of the stream
   * @param isWhole whether nothing was taken away from the stream
   */
  expect(stream: string, stored: readonly Buffer[], isWhole = true): void {
    const found = stored.map((data) => data.toString('latin1', 0, 40).split(':').map(Number));
    const own = found
      .filter(([writer]) => writer === this.writer)
      .map(([, call = -1, index]) => [call, index] as const);
    const calls = [...new Set(own.map(([call]) => call))];
    const inOrder = calls
      .toSorted((one, other) => one - other)
      .flatMap((call) => Array.from({ length: this.calls[call]?.entries ?? 0 }, (_unused, index) => [call, index]));
    expect(own).toEqual(inOrder);
    if (!isWhole) return;
    const kept = new Set(calls);
    expect([...this.acked].filter((call) => this.calls[call]?.stream === stream && !kept.has(call))).toEqual([]);
  }
}

/** The data of all entries of a stream. */
export async function dataOf(store: StreamStore, stream: string): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for (let after = '0-0'; ;) {
    const { entries } = await store.readAfter(stream, after, { count: 1000 });
    all.push(...entries.map(({ data }) => data));
    const last = entries.at(-1);
    if (!last) return all;
    after = last.id;
  }
}
