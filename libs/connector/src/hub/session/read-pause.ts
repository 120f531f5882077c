/** Why a socket is not read: an opening step is under way, notifications are, or the peer takes no answers. */
export type ReadPauseReason = 'opening' | 'notifications' | 'answers';

/** Stops reading a socket as long as at least one reason holds. */
export class ReadPause {
  private readonly reasons = new Set<ReadPauseReason>();

  constructor(private readonly socket: { pause(): void; resume(): void }) {}

  hold(reason: ReadPauseReason): void {
    this.reasons.add(reason);
    this.socket.pause();
  }

  release(reason: ReadPauseReason): void {
    if (this.reasons.delete(reason) && this.reasons.size === 0) this.socket.resume();
  }
}
