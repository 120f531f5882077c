import { TURN_MS } from './group-rules.js';

/** Who of the consumers of an ordered group comes next: the one that has waited longest, if it comes in time. */
export class ConsumerTurns {
  private readonly waiting = new Map<string, number>();
  private freeAt = -Infinity;

  /** To be called when a consumer has asked in vain. */
  waits(consumer: string, now: number): void {
    if (!this.waiting.has(consumer)) this.waiting.set(consumer, now);
  }

  /** To be called when a consumer has got something, or goes. */
  done(consumer: string): void {
    this.waiting.delete(consumer);
  }

  /** To be called when nothing is held any more. */
  freed(now: number): void {
    this.freeAt = now;
  }

  /** Milliseconds that a consumer has to leave to another one; 0 when it may take. */
  left(consumer: string, now: number): number {
    const left = this.freeAt + TURN_MS - now;
    const mine = this.waiting.get(consumer) ?? now;
    for (const [other, since] of this.waiting) {
      if (other === consumer || since >= mine) continue;
      if (left > 0) return left;
      // It has not come in time.
      if (since < this.freeAt) this.waiting.delete(other);
    }
    return 0;
  }
}
