import { startTimer } from '@millrace/protocol';
import type { AskedRequest } from './asked-request.js';
import type { Letter } from './mail/letters.js';
import type { Membership } from './membership.js';
import { BATCH_BYTES, type Outbox, type SentTo } from './mail/outbox.js';

/** Pause before it is looked again whether a connector has claimed its source anew, in milliseconds. */
const POLL_MS = 25;

/** Where a source is, and what became of a request: `there`, at another instance, which has got it; `full`: that has too much to do. */
export type SourcePlace = Exclude<SentTo[0], 'expected'>;

/** A request for whichever instance serves the source. */
export interface Ask {
  /** What the other instance reads; undefined only looks. @param from the own instance */
  readonly letter: (from: string) => Letter | undefined;
  readonly bytes: number;
  /** Begins to wait for the answer; called before each attempt to send it. */
  readonly begin: () => AskedRequest | undefined;
}

interface Queued {
  readonly ask: Ask;
  readonly settle: (outcome: { place: SourcePlace; asked?: AskedRequest }) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Brings requests to the instances that serve their sources. Those for one source keep their order, also while they wait for a claim
 * that is expected; those that come while others are under way go together.
 */
export class Asks {
  private readonly queues = new Map<string, Queued[]>();
  /** Ends the waits for claims that are expected. */
  private readonly waits = new Map<string, (isHere: boolean) => void>();

  constructor(
    private readonly outbox: Outbox,
    private readonly membership: Membership,
  ) {}

  /** @throws MillraceError `UNAVAILABLE`; the request may have been sent all the same */
  ask(source: string, ask: Ask): Promise<{ place: SourcePlace; asked?: AskedRequest }> {
    return new Promise((settle, fail) => {
      const queue = this.queues.get(source);
      if (queue) {
        queue.push({ ask, settle, fail });
        return;
      }
      const begun = [{ ask, settle, fail }];
      this.queues.set(source, begun);
      void this.work(source, begun);
    });
  }

  /** A session of this instance serves the source now. */
  served(source: string): void {
    this.waits.get(source)?.(true);
  }

  private async work(source: string, queue: Queued[]): Promise<void> {
    while (queue.length > 0) {
      const isExpected = await this.step(source, queue);
      if (isExpected && (await this.wait(source))) for (const { settle } of queue.splice(0)) settle({ place: 'here' });
    }
    this.queues.delete(source);
  }

  /** Sends what there is. @returns whether it has to wait for a claim */
  private async step(source: string, queue: Queued[]): Promise<boolean> {
    const { id: self } = this.membership;
    const batch = batchOf(queue);
    const begun = batch.map(({ ask }) => ask.begin());
    const letters = batch.flatMap(({ ask }) => ask.letter(self) ?? []);
    let sent: SentTo;
    try {
      sent = await this.outbox.request(source, letters);
    } catch (error) {
      for (const asked of begun) asked?.discard();
      for (const { fail } of queue.splice(0, batch.length)) fail(error);
      return false;
    }
    const [place, instance] = sent;
    for (const asked of begun) {
      if (place === 'there') asked?.sentTo(instance);
      else asked?.discard();
    }
    if (place === 'expected') return true;
    for (const [index, { settle }] of queue.splice(0, batch.length).entries()) settle({ place, asked: begun[index] });
    return false;
  }

  /** Waits a moment. @returns whether the source is served here now */
  private wait(source: string): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isHere: boolean): void => {
        timer.stop();
        this.waits.delete(source);
        resolve(isHere);
      };
      const timer = startTimer(() => end(false), POLL_MS).unref();
      this.waits.set(source, end);
    });
  }
}

/** The first ones, up to a number of bytes. */
function batchOf(queue: readonly Queued[]): readonly Queued[] {
  let bytes = 0;
  const end = queue.findIndex(({ ask }, index) => {
    bytes += ask.bytes;
    return index > 0 && bytes > BATCH_BYTES;
  });
  return end < 0 ? [...queue] : queue.slice(0, end);
}
