import { startTimer, type Timer } from '@millrace/protocol';
import { Condition } from './condition.js';

/** Acknowledgements waited for where the hub need not give any; above it the oldest are forgotten. */
const MAX_OPTIONAL = 10_000;

/** What was sent and is to be acknowledged: a notification, or a query response. */
export type SentKind = 'notification' | 'response';

export interface AcknowledgementOptions {
  /** How long the hub may owe one, in milliseconds. */
  readonly timeout: number;
  /** Whether the connection depends on them. Otherwise a hub that gives none is not at fault. */
  readonly required: boolean;
  /** The hub has owed one for longer than that: one side has lost the other. */
  readonly onSilence: () => void;
}

/**
 * What the hub owes on one socket. Acknowledgements carry no identifier: they come in order, one for each notification and
 * each query response (connector§5.2).
 */
export class Acknowledgements {
  /** Numbers of what was sent last, and of what was acknowledged last. */
  private lastSent = 0;
  private lastTaken = 0;
  /** Numbers of the responses between; the rest are notifications. */
  private readonly responses = new Set<number>();
  private timer: Timer | undefined;
  private lastProgress = 0;
  private readonly nothingDue = new Condition(() => this.size === 0);

  constructor(private readonly options: AcknowledgementOptions) {}

  /** Notifications not yet acknowledged. */
  get notifications(): number {
    return this.size - this.responses.size;
  }

  private get size(): number {
    return this.lastSent - this.lastTaken;
  }

  /** Notes what is being sent. */
  sent(kind: SentKind): void {
    const { required } = this.options;
    if (!required && this.size >= MAX_OPTIONAL) this.oldest();
    this.lastSent += 1;
    if (kind === 'response') this.responses.add(this.lastSent);
    if (required) this.watch();
  }

  /** Takes a status without an address. @returns what it was for; undefined when nothing was due */
  take(): SentKind | undefined {
    const kind = this.oldest();
    if (kind === undefined) return undefined;
    this.lastProgress = performance.now();
    this.nothingDue.check();
    return kind;
  }

  /** Resolves true once everything sent is acknowledged, or false after a deadline in milliseconds. */
  settled(deadline: number): Promise<boolean> {
    return this.nothingDue.until(deadline);
  }

  /** The hub owes nothing any more: the socket has ended, or was claimed anew. */
  clear(): void {
    this.lastTaken = this.lastSent;
    this.responses.clear();
    this.timer?.stop();
    this.timer = undefined;
    this.nothingDue.check();
  }

  private oldest(): SentKind | undefined {
    if (this.size === 0) return undefined;
    this.lastTaken += 1;
    return this.responses.delete(this.lastTaken) ? 'response' : 'notification';
  }

  private watch(): void {
    if (this.timer) return;
    if (this.size <= 1) this.lastProgress = performance.now();
    this.timer = startTimer(() => this.look(), this.options.timeout).unref();
  }

  private look(): void {
    this.timer = undefined;
    if (this.size === 0) return;
    if (performance.now() - this.lastProgress >= this.options.timeout) this.options.onSilence();
    else this.watch();
  }
}
