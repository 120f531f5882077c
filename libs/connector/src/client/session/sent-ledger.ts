/** What was sent and is to be acknowledged: a notification, or a query response. */
export type SentKind = 'notification' | 'response';

/**
 * Remembers, in order, what was sent on one socket. Acknowledgements carry no identifier: they come in order, one for
 * each notification and each query response (connector§5.2).
 */
export class SentLedger {
  private kinds: SentKind[] = [];
  private head = 0;
  private pending = 0;

  /** @param limit above it the oldest are forgotten */
  constructor(private readonly limit = Infinity) {}

  get size(): number {
    return this.kinds.length - this.head;
  }

  /** Notifications not yet acknowledged. */
  get notifications(): number {
    return this.pending;
  }

  sent(kind: SentKind): void {
    if (this.size >= this.limit) this.acknowledged();
    this.kinds.push(kind);
    if (kind === 'notification') this.pending += 1;
  }

  /** Takes the oldest; undefined when nothing is due. */
  acknowledged(): SentKind | undefined {
    const kind = this.kinds[this.head];
    if (kind === undefined) return undefined;
    this.head += 1;
    if (kind === 'notification') this.pending -= 1;
    if (this.head === this.kinds.length) {
      this.kinds = [];
      this.head = 0;
    } else if (this.head > 4096 && this.head * 2 > this.kinds.length) {
      this.kinds = this.kinds.slice(this.head);
      this.head = 0;
    }
    return kind;
  }

  clear(): void {
    this.kinds = [];
    this.head = 0;
    this.pending = 0;
  }
}
