import { Logger } from '@nestjs/common';
import type { RedisConnections } from '@millrace/core/redis';
import { pause, thrownReport } from '@millrace/protocol';
import { Gap } from './gap.js';
import { InboxTrimmer } from './inbox-trimmer.js';
import { type Letter, NO_DATA, unpackLetters } from './letters.js';
import type { Membership } from '../membership.js';
import { inboxKey, type SourceKeys } from '../source-scripts.js';

/** How long a read waits at Redis, in milliseconds. */
export const INBOX_WAIT_MS = 1000;
/** Entries of one read. */
const COUNT = 64;
const AGAIN_MS = 50;

/** Names and values in turn: `h`, the header of letters, and `d`, their data. */
type Entry = [id: Buffer, fields: Buffer[]];

/**
 * Reads what other instances want of this one, in their order. It is a stream, so nothing is lost where a connection is: the next
 * one reads on.
 */
export class Inbox {
  private readonly logger = new Logger('ConnectorHub');
  private readonly closing = new AbortController();
  private readonly trimmer: InboxTrimmer;
  private readonly gap = new Gap();
  private running: Promise<void> | undefined;

  /** @param take gets each letter, and its age in milliseconds */
  constructor(
    private readonly redis: RedisConnections<'commands' | 'sources-inbox'>,
    private readonly key: SourceKeys,
    private readonly membership: Membership,
    private readonly take: (letter: Letter, age: number) => void,
  ) {
    this.trimmer = new InboxTrimmer(redis, key);
  }

  open(): void {
    this.running = this.run();
  }

  /** Takes nothing more. */
  stop(): void {
    this.closing.abort();
    this.trimmer.stop();
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
        await this.gap.next(signal);
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
    const key = inboxKey(this.key, id);
    const reply = await client.xreadBuffer('COUNT', COUNT, 'BLOCK', INBOX_WAIT_MS, 'STREAMS', key, after);
    const [[, entries] = []] = (reply ?? []) as unknown as [Buffer, Entry[]][];
    return entries ?? [];
  }

  private hand(id: string, entries: readonly Entry[]): void {
    for (const [entryId, fields] of entries) {
      const name = entryId.toString();
      const age = this.membership.now - Number.parseInt(name, 10);
      for (let index = 0; index + 3 < fields.length; index += 4) {
        for (const letter of this.lettersOf(fields[index + 1], fields[index + 3])) this.handOne(letter, age);
      }
      this.trimmer.read(id, name, fields);
    }
  }

  private lettersOf(header = NO_DATA, data = NO_DATA): Letter[] {
    try {
      return unpackLetters(header, data);
    } catch (error) {
      this.report(error);
      return [];
    }
  }

  private handOne(letter: Letter, age: number): void {
    try {
      this.take(letter, age);
    } catch (error) {
      this.report(error);
    }
  }

  private report(error: unknown): void {
    this.logger.error(`A message of another instance could not be handled: ${thrownReport(error)}`);
  }
}
