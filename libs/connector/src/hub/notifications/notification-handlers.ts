import { selects, type SourceSelector } from '../../api/source-handler.decorator.js';
import { isThenable, type SourceNotification } from '@millrace/protocol';

/** Takes a notification; it is acknowledged once what this returns has resolved. */
export type NotificationHandler = (notification: SourceNotification) => unknown;

/** Who wants the notifications of which sources. */
export class NotificationHandlers {
  private readonly entries = new Set<{ selector: SourceSelector; handler: NotificationHandler }>();

  /** @returns a function that removes the handler */
  add(selector: SourceSelector, handler: NotificationHandler): () => void {
    const entry = { selector, handler };
    this.entries.add(entry);
    return () => void this.entries.delete(entry);
  }

  /** Calls the handlers one after the other; synchronous as long as they are. */
  deliver(notification: SourceNotification): void | Promise<void> {
    const calls: NotificationHandler[] = [];
    for (const { selector, handler } of this.entries) if (selects(selector, notification.source)) calls.push(handler);
    for (let index = 0; index < calls.length; index += 1) {
      const result = calls[index]?.(notification);
      if (isThenable(result)) return continueWith(result, calls.slice(index + 1), notification);
    }
  }
}

async function continueWith(
  first: PromiseLike<unknown>,
  rest: readonly NotificationHandler[],
  notification: SourceNotification,
): Promise<void> {
  await first;
  for (const handler of rest) await handler(notification);
}
