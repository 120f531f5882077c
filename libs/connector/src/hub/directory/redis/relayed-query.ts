import { startTimer, type Timer } from '@millrace/protocol';
import type { ResponseMessage } from '../../../protocol/messages.js';
import { hubError } from '../../queries/hub-errors.js';
import type { Answerable } from '../../queries/answerable.js';
import { responseKind } from '../../queries/open-query.js';
import { errorOnWire, type Message } from './messages.js';

/** Bytes of responses that may be under way to the asker of one query; the others wait here until it has taken those. */
export const WINDOW = 1024 * 1024;
/** How much longer than its asker it waits for the connector, in milliseconds: the asker decides, unless it has gone. */
const SLACK = 10_000;

/** What a relayed query is for. */
export interface RelayOptions {
  readonly source: string;
  readonly id: string;
  /** This instance. */
  readonly from: string;
  /** The instance that asks. */
  readonly to: string;
  readonly timeout: number;
  /** Bytes that may wait for the asker. */
  readonly maxBytes: number;
}

/** What goes to the asker. */
type Outgoing = Message & { readonly kind: 'response' | 'failed' };

/** A query of another instance: what the connector responds goes there as it is; limits and deadlines are kept there. */
export class RelayedQuery implements Answerable {
  private readonly timer: Timer;
  private readonly waiting: { readonly message: Outgoing; readonly data: Buffer }[] = [];
  private waitingBytes = 0;
  private underWay = 0;
  private index = 0;
  private ended = false;

  /**
   * @param send sends something to the asker
   * @param onEnd the connector need not answer any more
   * @param onSent the asker has got all
   */
  constructor(
    private readonly options: RelayOptions,
    private readonly send: (message: Outgoing, data: Buffer) => void,
    private readonly onEnd: () => void,
    private readonly onSent: () => void,
  ) {
    this.timer = startTimer(() => this.drop(), options.timeout + SLACK);
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
    this.push({ kind: 'failed', id, from, index: this.next(), error: errorOnWire(error) }, Buffer.alloc(0));
  }

  /** The asker has taken so many bytes. */
  taken(bytes: number): void {
    this.underWay -= bytes;
    this.flush();
  }

  /** Nobody waits for it any more. */
  drop(): void {
    this.waiting.length = 0;
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
      if (this.underWay > 0 && this.underWay + data.length > WINDOW) return;
      this.waiting.shift();
      this.waitingBytes -= data.length;
      this.underWay += data.length;
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
