/** Runs the callbacks of followers that have news, all in one later turn of the event loop. */
export class Waker {
  private waiting = new Set<{ fire(): void }>();
  private scheduled = false;

  schedule(follower: { fire(): void }): void {
    this.waiting.add(follower);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.run());
  }

  private run(): void {
    const due = this.waiting;
    this.waiting = new Set();
    this.scheduled = false;
    for (const follower of due) follower.fire();
  }
}
