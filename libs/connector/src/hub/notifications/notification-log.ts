import type { SourceNotification } from '@millrace/protocol';

/** The newest notifications of a source, bounded by number and bytes. */
export class NotificationLog {
  private readonly kept: { notification: SourceNotification; bytes: number }[] = [];
  private bytes = 0;

  constructor(private readonly limits: { readonly count: number; readonly bytes: number }) {}

  add(notification: SourceNotification, bytes: number): void {
    if (this.limits.count === 0) return;
    this.kept.push({ notification, bytes });
    this.bytes += bytes;
    while (this.kept.length > this.limits.count || this.bytes > this.limits.bytes) {
      this.bytes -= this.kept.shift()?.bytes ?? 0;
    }
  }

  /** The newest `count`, oldest first. */
  newest(count: number): readonly SourceNotification[] {
    return count <= 0 ? [] : this.kept.slice(-count).map(({ notification }) => notification);
  }
}
