import { Logger } from '@nestjs/common';
import type { RedisConnections } from '@millrace/core/redis';
import { pause, thrownReport } from '@millrace/protocol';
import type { Membership } from './membership.js';
import { type Message, readRelayed } from './messages.js';
import { TAKEN } from './source-scripts.js';

/** How long a read waits at Redis, in milliseconds. */
export const INBOX_WAIT_MS = 1000;
/** Messages of one read. */
const COUNT = 64;
const AGAIN_MS = 50;

type Entry = [id: Buffer, fields: Buffer[]];

/**
 * Reads what other instances want of this one, in their order. It is a stream, so nothing is lost where a connection is: the next
 * one reads on.
 */
export class Inbox {
  private readonly logger = new Logger('ConnectorHub');
  private readonly closing = new AbortController();
  private running: Promise<void> | undefined;

  /** @param take gets each message, with what goes beside it, and its age in milliseconds */
  constructor(
    private readonly redis: RedisConnections<'commands' | 'sources-inbox'>,
    private readonly keys: readonly string[],
    private readonly keyOf: (instance: string) => string,
    private readonly membership: Membership,
    private readonly take: (message: Message, data: Buffer, age: number) => void,
  ) {}

  open(): void {
    this.running = this.run();
  }

  /** Takes nothing more. */
  stop(): void {
    this.closing.abort();
  }

  /** Resolves when the last read is over, which the end of its connection brings about. */
  async ended(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.closing;
    let reader = '';
    let last = '0-0';
    while (!signal.aborted) {
      const { id } = this.membership;
      if (id !== reader) [reader, last] = [id, '0-0'];
      if (id === '') {
        await pause(AGAIN_MS, signal);
        continue;
      }
      try {
        const entries = await this.read(id, last);
        last = entries.at(-1)?.[0].toString() ?? last;
        // What was for an instance that this one is no more.
        if (this.membership.id === id && !signal.aborted) this.hand(id, entries);
      } catch {
        // The signs of life report a Redis that is away; what waits there is read later.
        await pause(AGAIN_MS, signal);
      }
    }
  }

  private async read(id: string, after: string): Promise<Entry[]> {
    const client = this.redis.get('sources-inbox');
    const key = this.keyOf(id);
    const reply = await client.xreadBuffer('COUNT', COUNT, 'BLOCK', INBOX_WAIT_MS, 'STREAMS', key, after);
    const [[, entries] = []] = (reply ?? []) as unknown as [Buffer, Entry[]][];
    return entries ?? [];
  }

  private hand(id: string, entries: readonly Entry[]): void {
    let bytes = 0;
    for (const [entryId, [, header = Buffer.alloc(0), , data = Buffer.alloc(0)]] of entries) {
      bytes += header.length + data.length;
      try {
        this.take(readRelayed(header), data, this.membership.now - Number.parseInt(entryId.toString(), 10));
      } catch (error) {
        this.logger.error(`A message of another instance could not be handled: ${thrownReport(error)}`);
      }
    }
    const last = entries.at(-1)?.[0].toString();
    if (last === undefined) return;
    const [time = '', number = '0'] = last.split('-');
    const next = `${time}-${BigInt(number) + 1n}`;
    this.redis
      .persist((client) => client.eval(TAKEN, this.keys.length, ...this.keys, id, next, bytes))
      .catch(() => undefined);
  }
}
