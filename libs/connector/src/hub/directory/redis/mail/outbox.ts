import type { RedisConnections } from '@millrace/core/redis';
import { pause } from '@millrace/protocol';
import { Gap } from './gap.js';
import { type Letter, NO_DATA, packLetters } from './letters.js';
import type { Membership } from '../membership.js';
import { SEND } from './message-scripts.js';
import type { Message } from './messages.js';
import { Recipient } from './recipient.js';
import type { SourceKeys } from '../source-scripts.js';

/** Bytes that may wait for one instance; more are refused, or held back. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** Bytes that go at a time: of requests, and of other messages. */
export const BATCH_BYTES = 1024 * 1024;
/** Sources whose requests go at a time: a script has no room for more values than some thousands. */
const MAX_GROUPS = 500;
/** Pause before it is tried again to reach an instance, in milliseconds. */
const AGAIN_MS = 50;
/** How long that is tried, in milliseconds. */
const PATIENCE_MS = 5000;

/** Where a source is, as Redis says it, and what became of requests for it. */
export type SentTo = readonly [
  place: 'unknown' | 'none' | 'expected' | 'here' | 'there' | 'full',
  /** The instance that serves it, or ''. */
  instance: string,
];

/** Requests for one source, in their order. */
interface RequestGroup {
  readonly source: string;
  readonly letters: readonly Letter[];
  readonly bytes: number;
  readonly settle: (sent: SentTo) => void;
  readonly fail: (error: unknown) => void;
}

interface Parcel {
  readonly recipient: Recipient;
  readonly letters: readonly Letter[];
}

interface Batch {
  readonly groups: readonly RequestGroup[];
  readonly parcels: readonly Parcel[];
}

/**
 * Sends to other instances, in order for each: messages, and requests for whichever instance serves a source. One batch is under way
 * at a time; what comes meanwhile is the next one.
 */
export class Outbox {
  private groups: RequestGroup[] = [];
  private readonly recipients = new Map<string, Recipient>();
  private readonly gap = new Gap();
  private working: Promise<void> | undefined;

  /** @param gone an instance has ended, or cannot be reached; what was for it is lost */
  constructor(
    private readonly redis: RedisConnections<'commands' | 'sources-inbox'>,
    private readonly key: SourceKeys,
    private readonly membership: Membership,
    private readonly gone: (instance: string) => void,
  ) {}

  send(to: string, message: Message, data: Buffer = NO_DATA): void {
    let recipient = this.recipients.get(to);
    if (!recipient) this.recipients.set(to, (recipient = new Recipient(to)));
    recipient.add({ message, data });
    this.wake();
  }

  /**
   * Sends requests, or with none of them looks where a source is.
   *
   * @throws MillraceError `UNAVAILABLE`; they may have been sent all the same
   */
  request(source: string, letters: readonly Letter[]): Promise<SentTo> {
    const bytes = letters.reduce((sum, { data }) => sum + data.length, 0);
    return new Promise((settle, fail) => {
      this.groups.push({ source, letters, bytes, settle, fail });
      this.wake();
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.working || this.recipients.size > 0) await (this.working ?? pause(AGAIN_MS));
  }

  private wake(): void {
    this.working ??= this.work();
  }

  private async work(): Promise<void> {
    do {
      await this.gap.next();
      const batch = { groups: this.takeGroups(), parcels: this.takeParcels() };
      if (batch.groups.length + batch.parcels.length > 0) await this.deliver(batch);
    } while (this.groups.length > 0 || [...this.recipients.values()].some((recipient) => recipient.isDue));
    this.working = undefined;
  }

  private takeGroups(): readonly RequestGroup[] {
    let bytes = 0;
    const end = this.groups.findIndex((group, index) => {
      bytes += group.bytes;
      return index > 0 && (bytes > BATCH_BYTES || index === MAX_GROUPS);
    });
    return this.groups.splice(0, end < 0 ? Infinity : end);
  }

  private takeParcels(): readonly Parcel[] {
    const parcels: Parcel[] = [];
    let room = BATCH_BYTES;
    for (const recipient of [...this.recipients.values()]) {
      if (room <= 0) return parcels;
      const letters = recipient.take(room);
      if (letters.length === 0) continue;
      parcels.push({ recipient, letters });
      room -= letters.reduce((sum, { data }) => sum + data.length, 0);
      // The next time the others come first.
      this.recipients.delete(recipient.instance);
      this.recipients.set(recipient.instance, recipient);
    }
    return parcels;
  }

  private async deliver(batch: Batch): Promise<void> {
    const { groups, parcels } = batch;
    let reply: string[];
    try {
      reply = await this.run(batch);
    } catch (error) {
      for (const { fail } of groups) fail(error);
      // Twice is harmless for messages: each tells by its index that it has come.
      for (const parcel of parcels) this.tryAgain(parcel);
      return;
    }
    for (const [index, { settle }] of groups.entries())
      settle(reply.slice(2 * index, 2 * index + 2) as unknown as SentTo);
    for (const [index, parcel] of parcels.entries()) this.delivered(parcel, reply[2 * groups.length + index]);
  }

  private async run({ groups, parcels }: Batch): Promise<string[]> {
    const { id } = this.membership;
    if (id === '' && groups.length > 0) throw this.membership.missing();
    const values: (string | number | Buffer)[] = [id, MAX_WAITING_BYTES, groups.length];
    for (const { source, letters } of groups) values.push(source, ...packLetters(letters));
    for (const { recipient, letters } of parcels) values.push(recipient.instance, ...packLetters(letters));
    return (await this.redis.run((client) => SEND.run(client, this.key, values))) as string[];
  }

  private delivered(parcel: Parcel, outcome: string | undefined): void {
    const { recipient } = parcel;
    if (outcome === 'full') this.tryAgain(parcel);
    else if (outcome === 'there') {
      recipient.reached();
      if (recipient.isEmpty) this.recipients.delete(recipient.instance);
    } else this.giveUp(recipient);
  }

  private tryAgain({ recipient, letters }: Parcel): void {
    if (!recipient.putBack(letters, PATIENCE_MS)) {
      // Where Redis is away it is as if the instance were: those who wait for it have deadlines of their own.
      this.giveUp(recipient);
      return;
    }
    void pause(AGAIN_MS).then(() => {
      recipient.resume();
      this.wake();
    });
  }

  private giveUp({ instance }: Recipient): void {
    this.recipients.delete(instance);
    this.gone(instance);
  }
}
