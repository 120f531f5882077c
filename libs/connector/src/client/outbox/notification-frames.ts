import type { OutboxEntry } from '../../api/outbox.port.js';
import { NOTIFICATION_ID_HEADER, REDELIVERED_HEADER, SOURCES_RESOURCE } from '../../protocol/constants.js';

/** Writes notifications as messages (connector§5.2), and marks those that may have been sent before. */
export class NotificationFrames {
  /** Notifications of this process sent more than once so far. */
  resent = 0;
  private highestSent = 0;
  private readonly head: string;

  /** @param epoch begins the ids of this process */
  constructor(
    source: string,
    private readonly epoch: string,
    private readonly ids: boolean,
  ) {
    this.head = `{"op":"notification","resourceName":"${SOURCES_RESOURCE}","resourceId":${JSON.stringify(source)},"object":`;
  }

  /** The text of an entry that is about to be sent. */
  write({ id, object }: OutboxEntry): string {
    const again = this.isRepeated(id);
    if (!this.ids) return `${this.head}${object}}`;
    const mark = again ? `,"${REDELIVERED_HEADER}":"true"` : '';
    return `${this.head}${object},"messageHeaders":{"${NOTIFICATION_ID_HEADER}":"${id}"${mark}}}`;
  }

  /** Whether it may have been sent before, by this process or by an earlier one that left it in the outbox. */
  private isRepeated(id: string): boolean {
    if (!id.startsWith(this.epoch)) return true;
    const number = Number(id.slice(this.epoch.length + 1));
    if (number > this.highestSent) {
      this.highestSent = number;
      return false;
    }
    this.resent += 1;
    return true;
  }
}
