import { ConnectorError } from '../../errors/connector.error.js';
import type { SourceNotification } from '@millrace/protocol';

export interface NotificationStreamOptions {
  /** Ends the stream. */
  signal?: AbortSignal;
  /** Notifications kept for a slow reader; above that the stream ends with an error. @default 1000 */
  buffer?: number;
}

/** Hands notifications to one reader, in order. A reader that falls behind gets an error, never a silent gap. */
export class NotificationStream {
  private readonly waiting: SourceNotification[] = [];
  private overrun = false;
  private wake: (() => void) | undefined;

  constructor(private readonly options: NotificationStreamOptions) {}

  private get limit(): number {
    return this.options.buffer ?? 1000;
  }

  push(notification: SourceNotification): void {
    if (this.waiting.length >= this.limit) this.overrun = true;
    else if (!this.overrun) this.waiting.push(notification);
    this.wake?.();
  }

  async *read(): AsyncGenerator<SourceNotification, void, undefined> {
    const { signal } = this.options;
    const wake = (): void => this.wake?.();
    signal?.addEventListener('abort', wake);
    try {
      while (!signal?.aborted) {
        const next = this.waiting.shift();
        if (next) yield next;
        else if (this.overrun) {
          throw new ConnectorError(
            `The reader of notifications fell behind: more than ${this.limit} waited, and later ones are lost; read faster, or raise the option buffer`,
            'TOO_MANY_REQUESTS',
          );
        } else await new Promise<void>((resolve) => (this.wake = resolve));
      }
    } finally {
      signal?.removeEventListener('abort', wake);
    }
  }
}
