import { FlowGate, type FlowLimits, OrderedReplies, type SocketConnection, textFrame } from '@millrace/core/sockets';
import type { StreamStatistics } from '../../api/stream-statistics.js';
import type { Append, PushIntake, Stored } from './push-intake.js';

/** What a message costs beside its bytes while it waits. */
const MESSAGE_OVERHEAD = 64;
/** Why the socket is not read: what comes next may not go in. */
const UNDECIDED = 'an append may be refused';

interface Message {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

interface PipelineSettings {
  /** Whether each append is acknowledged by its IDs. */
  readonly ack: boolean;
  readonly limits: FlowLimits;
  readonly statistics: StreamStatistics;
}

/**
 * The way of every message from a push socket into the store. The intake says what a message means; the pipeline keeps the
 * order, sends the acknowledgements, holds a fast client back, and decides what is still stored when a message is refused:
 * all that came before it, nothing that came behind it.
 *
 * Appends are not awaited one by one. Only one that the store may refuse for its IDs holds back what comes behind it.
 */
export class PushPipeline {
  private readonly gate: FlowGate;
  private readonly acks: OrderedReplies<readonly string[]> | undefined;
  private readonly statistics: StreamStatistics;
  /** Messages behind an append that may still be refused; undefined while there is no such append. */
  private waiting: Message[] | undefined;
  /** Bytes of the messages that the intake has collected in this turn. */
  private collected = 0;
  /** Appends that the store has not answered. */
  private underWay = 0;
  /** Why the socket will be closed as soon as nothing is under way. */
  private refusal: { readonly error: unknown } | undefined;
  private ended = false;
  private onIdle: (() => void) | undefined;

  constructor(
    private readonly connection: SocketConnection,
    private readonly intake: PushIntake,
    { ack, limits, statistics }: PipelineSettings,
  ) {
    this.statistics = statistics;
    this.gate = new FlowGate(connection, limits, { onHeldBack: () => (statistics.heldBack += 1) });
    if (ack) this.acks = new OrderedReplies((acks) => this.sendAcks(acks.flat()));
  }

  receive(data: Buffer, isBinary: boolean): void {
    if (this.ended || this.refusal) return;
    this.gate.received(data.length + MESSAGE_OVERHEAD);
    if (this.waiting) this.waiting.push({ data, isBinary });
    else this.take(data, isBinary);
  }

  /** Takes nothing more, and resolves when everything that was received is stored. */
  async drain(): Promise<void> {
    this.gate.close();
    if (!this.isIdle) await new Promise<void>((resolve) => (this.onIdle = resolve));
    this.ended = true;
  }

  private take(data: Buffer, isBinary: boolean): void {
    const bytes = data.length + MESSAGE_OVERHEAD;
    try {
      const taken = this.intake.take(data, isBinary);
      if (taken === 'read') this.gate.handled(bytes);
      else if (taken === 'collected') this.collect(bytes);
      else this.start(taken, bytes);
    } catch (error) {
      this.refuse(error);
    }
  }

  private collect(bytes: number): void {
    if (this.collected === 0) setImmediate(() => this.flush());
    this.collected += bytes;
  }

  private flush(): void {
    const bytes = this.collected;
    this.collected = 0;
    const append = this.ended ? undefined : this.intake.flush();
    if (append) this.start(append, bytes);
  }

  private start(append: Append, bytes: number): void {
    const acknowledge = this.acks?.claim();
    this.underWay += 1;
    if (append.mayBeRefused) {
      this.waiting = [];
      this.gate.hold(UNDECIDED);
    }
    append.store().then(
      (stored) => {
        this.underWay -= 1;
        this.gate.handled(bytes);
        acknowledge?.(this.intake.acknowledge(stored.ids));
        this.goOn(append, stored);
      },
      (error: unknown) => {
        this.underWay -= 1;
        this.fail(error);
      },
    );
  }

  private goOn({ mayBeRefused }: Append, { refusal }: Stored): void {
    if (refusal) this.fail(refusal.error);
    else if (mayBeRefused) this.takeWaiting();
    if (this.refusal && this.underWay === 0) this.fail(this.refusal.error);
    this.reportIdle();
  }

  /** Takes the messages that waited for an append, up to one that is refused or that the next ones must wait for. */
  private takeWaiting(): void {
    const messages = this.waiting ?? [];
    this.waiting = undefined;
    for (const [index, { data, isBinary }] of messages.entries()) {
      if (this.ended || this.refusal) return;
      if (this.waiting) {
        this.waiting = messages.slice(index);
        return;
      }
      this.take(data, isBinary);
    }
    if (!this.waiting) this.gate.release(UNDECIDED);
  }

  /** What came before a refused message was good: it is stored and acknowledged before the socket is closed. */
  private refuse(error: unknown): void {
    this.flush();
    if (this.underWay === 0) this.fail(error);
    else this.refusal ??= { error };
  }

  /** Stores nothing more, and closes the socket. */
  private fail(error: unknown): void {
    if (!this.ended) this.statistics.refusedPushes += 1;
    this.ended = true;
    this.refusal = undefined;
    this.waiting = undefined;
    this.connection.fail(error);
    this.reportIdle();
  }

  private sendAcks(texts: readonly string[]): void {
    if (texts.length === 0) return;
    this.connection.writeFrames(Buffer.concat(texts.map(textFrame)));
    this.gate.answered();
  }

  private get isIdle(): boolean {
    return this.underWay === 0 && (this.ended || this.collected === 0);
  }

  private reportIdle(): void {
    if (this.isIdle) this.onIdle?.();
  }
}
