import { startTimer, type Timer } from '@millrace/protocol';
import type { ResponseMessage } from '../../../protocol/messages.js';
import { hubError } from '../../queries/hub-errors.js';
import type { Answerable } from '../../queries/answerable.js';
import { responseKind } from '../../queries/open-query.js';
import { NO_DATA } from './mail/letters.js';
import { errorOnWire, type Message } from './mail/messages.js';

/** Bytes of responses that may be under way to the asker of one query; the others wait here until it has taken those. */
export const WINDOW = 1024 * 1024;
/** How much longer than its asker it waits for the connector, in milliseconds: the asker decides, unless it has gone. */
const SLACK = 10_000;

/** How long its first response may take before the asker is told that the query was taken, in milliseconds. */
const ANSWER_MS = 100;

/** What a relayed query is for. */
export interface RelayOptions {
  readonly source: string;
  readonly id: string;
  /** This instance. */
  readonly from: string;
  /** The instance that asks. */
  readonly to: string;
  readonly timeout: number;
  /** How long the asker waits for the answer, in milliseconds. */
  readonly wait: number;
  /** Bytes that may wait for the asker. */
  readonly maxBytes: number;
}

/** What goes to the asker. */
type Outgoing = Message & { readonly kind: 'answer' | 'response' | 'failed' };

/** A query of another instance: what the connector responds goes there as it is; limits and deadlines are kept there. */
export class RelayedQuery implements Answerable {
  private readonly timer: Timer;
  /** Runs until something was sent. */
  private readonly answer: Timer;
  private readonly waiting: { readonly message: Outgoing; readonly data: Buffer }[] = [];
  private waitingBytes = 0;
  private sent = 0;
  private taken = 0;
  private index = 0;
  private ended = false;

  /**
   * @param send sends something to the asker
   * @param onEnd the connector need not answer any more
   * @param onSent the asker has got all
   */
  constructor(
    private readonly options: RelayOptions,
    private readonly send: (message: Outgoing, data?: Buffer) => void,
    private readonly onEnd: () => void,
    private readonly onSent: () => void,
  ) {
    const { id, from, timeout, wait } = options;
    this.timer = startTimer(() => this.drop(), timeout + SLACK);
    this.answer = startTimer(() => send({ kind: 'answer', id, from, done: true }), Math.min(ANSWER_MS, wait / 4));
  }

  get to(): string {
    return this.options.to;
  }

  respond({ status }: ResponseMessage, bytes: number, data: Buffer): void {
    if (this.ended) return;
    if (this.waitingBytes + bytes > this.options.maxBytes) {
      this.fail(hubError('resultTooLarge', this.options.source));
      return;
    }
    const isLast = responseKind(status) !== 'partial';
    if (isLast) this.finish();
    else this.timer.restart();
    const { id, from } = this.options;
    this.push({ kind: 'response', id, from, index: this.next() }, data);
  }

  fail(error: Error): void {
    if (this.ended) return;
    this.finish();
    const { id, from } = this.options;
    this.push({ kind: 'failed', id, from, index: this.next(), error: errorOnWire(error) }, NO_DATA);
  }

  /** The asker has taken so many bytes in all. */
  goOn(bytes: number): void {
    this.taken = Math.max(this.taken, bytes);
    this.flush();
  }

  /** Nobody waits for it any more. */
  drop(): void {
    this.waiting.length = 0;
    this.answer.stop();
    if (!this.ended) this.finish();
    this.onSent();
  }

  private next(): number {
    return this.index++;
  }

  private push(message: Outgoing, data: Buffer): void {
    this.waiting.push({ message, data });
    this.waitingBytes += data.length;
    this.flush();
  }

  private flush(): void {
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      const { message, data } = next;
      const underWay = this.sent - this.taken;
      if (underWay > 0 && underWay + data.length > WINDOW) return;
      this.waiting.shift();
      this.waitingBytes -= data.length;
      this.sent += data.length;
      this.answer.stop();
      this.send(message, data);
    }
    if (this.ended) this.onSent();
  }

  private finish(): void {
    this.ended = true;
    this.timer.stop();
    this.onEnd();
  }
}
