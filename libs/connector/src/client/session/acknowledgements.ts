import { AcknowledgementWatch } from './acknowledgement-watch.js';
import { Condition } from './condition.js';
import { SentLedger, type SentKind } from './sent-ledger.js';

/** Acknowledgements waited for where the hub need not give any. */
const MAX_OPTIONAL = 10_000;

export interface AcknowledgementOptions {
  /** How long the hub may owe one, in milliseconds. */
  readonly timeout: number;
  /** Whether the connection depends on them. Otherwise a hub that gives none is not at fault. */
  readonly required: boolean;
  /** The hub has owed one for longer than that. */
  readonly onSilence: () => void;
}

/** What the hub owes on one socket: it acknowledges every notification and every query response (connector§5.2). */
export class Acknowledgements {
  private readonly ledger: SentLedger;
  private readonly watch: AcknowledgementWatch | undefined;
  private readonly nothingDue: Condition;

  constructor({ timeout, required, onSilence }: AcknowledgementOptions) {
    this.ledger = new SentLedger(required ? Infinity : MAX_OPTIONAL);
    this.watch = required ? new AcknowledgementWatch(timeout, () => this.ledger.size, onSilence) : undefined;
    this.nothingDue = new Condition(() => this.ledger.size === 0);
  }

  /** Notifications not yet acknowledged. */
  get notifications(): number {
    return this.ledger.notifications;
  }

  /** Notes what is being sent. */
  sent(kind: SentKind): void {
    this.ledger.sent(kind);
    this.watch?.sent();
  }

  /** Takes a status without an address. @returns what it was for; undefined when nothing was due */
  take(): SentKind | undefined {
    const kind = this.ledger.acknowledged();
    if (kind === undefined) return undefined;
    this.watch?.progress();
    this.nothingDue.check();
    return kind;
  }

  /** Resolves true once everything sent is acknowledged, or false after a deadline in milliseconds. */
  settled(deadline: number): Promise<boolean> {
    return this.nothingDue.until(deadline);
  }

  /** The hub owes nothing any more: the socket has ended, or was claimed anew. */
  clear(): void {
    this.ledger.clear();
    this.watch?.stop();
    this.nothingDue.check();
  }
}
