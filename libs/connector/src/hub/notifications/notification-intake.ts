import { type FlowGate, OrderedReplies } from '@millrace/core/sockets';
import { NOTIFICATION_ID_HEADER, REDELIVERED_HEADER } from '../../protocol/constants.js';
import { isObject, textAt, type OperationMessage } from '../../protocol/messages.js';
import { refusalText } from '../session/hub-frames.js';
import type { SessionControl } from '../session/session-control.js';
import type { HubSource } from '../sources/hub-source.js';
import type { DeliveryResult } from './delivery-queue.js';

/** Notifications under way for one socket, and answers that wait for them, above which it is not read. */
const MAX_PENDING = 1000;

/** Takes the notifications of one session and acknowledges them in their order (connector§5.2). */
export class NotificationIntake {
  /** The acknowledgements carry no identifier, so their order is all a connector has. */
  private readonly replies: OrderedReplies<string | undefined>;
  /** A notification could not be taken: those behind it are to come again after it, and not before. */
  private over = false;
  private stopped = false;
  /** A notification was left to the next connection: an acknowledgement of what came behind it would be taken for its own. */
  private left = false;

  constructor(
    private readonly session: SessionControl,
    private readonly gate: FlowGate,
  ) {
    this.replies = new OrderedReplies((due) => due.forEach((answer) => session.send(answer)));
  }

  /** Whether notifications are under way whose acknowledgement is due. */
  get isBusy(): boolean {
    return this.replies.size > 0;
  }

  /** Takes no further notification: without an acknowledgement each comes again by the next connection. */
  stop(): void {
    this.stopped = true;
  }

  /** Acknowledges a message that needed no time, behind the notifications before it. */
  acknowledge(): void {
    if (this.left) return;
    this.replies.now(undefined);
    this.holdBack();
  }

  take({ object, messageHeaders, resourceId }: OperationMessage, bytes: number, source: HubSource): void {
    if (this.stopped) {
      this.left = true;
      return;
    }
    const reply = this.replies.claim();
    const isOwn = resourceId === undefined || resourceId === null || resourceId === source.name;
    if (!isObject(object) || !isOwn) {
      const fault = isObject(object)
        ? 'The notification names another source than the one claimed'
        : 'A notification is a JSON object';
      reply(refusalText(400, 'millrace.hub.badNotification', fault));
      this.holdBack();
      return;
    }
    this.gate.received(bytes);
    this.holdBack();
    source.deliveries.push({
      notification: {
        source: source.name,
        object,
        receivedAt: Date.now(),
        id: textAt(messageHeaders, NOTIFICATION_ID_HEADER),
        redelivered: isObject(messageHeaders) && messageHeaders[REDELIVERED_HEADER] !== undefined,
      },
      bytes,
      done: (result) => {
        reply(this.answerFor(result));
        this.gate.handled(bytes);
        if (this.replies.size <= MAX_PENDING / 2) this.gate.release('notifications');
      },
      isOver: () => this.over,
    });
  }

  private answerFor(result: DeliveryResult): string | undefined {
    if (result === 'failed')
      return refusalText(500, 'millrace.hub.handlerFailed', 'The notification could not be handled');
    // Without an acknowledgement a connector of ours keeps it and sends it again.
    if (result === 'unavailable') {
      this.over = true;
      this.session.close(1013, 'Notifications cannot be taken at the moment');
      return refusalText(503, 'millrace.hub.unavailable', 'The notification could not be handled at the moment');
    }
    return undefined;
  }

  /** Answers that wait for a notification before them take memory too. */
  private holdBack(): void {
    if (this.replies.size >= MAX_PENDING) this.gate.hold('notifications');
  }
}
