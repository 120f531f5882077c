import { startTimer, type Timer } from '@millrace/protocol';
import { parseMessage } from '../../../protocol/messages.js';
import { hubError } from '../../queries/hub-errors.js';
import type { AwaitedQuery } from '../../queries/answerable.js';
import { responseKind } from '../../queries/open-query.js';
import type { SourceRequest } from '../source-directory.js';
import { errorFromWire, type ErrorOnWire, type Message } from './mail/messages.js';
import { WINDOW } from './relayed-query.js';

/** A request that another instance is asked to do: its answer, and what follows where it is a query. */
export class AskedRequest {
  /** Resolves with whether it was done, or the source has to be looked for again. @throws HubQueryError */
  readonly answer: Promise<boolean>;
  private readonly query: AwaitedQuery | undefined;
  private readonly deadline: Timer;
  private settle!: (done: boolean) => void;
  private reject!: (error: Error) => void;
  private isAnswered = false;
  /** The other instance has nothing more to do for it. */
  private isFinal = false;
  private to: string | undefined;
  private index = 0;
  /** Bytes that have come, and how many of them the other instance knows of. */
  private taken = 0;
  private told = 0;

  private readonly source: string;
  private readonly id: string;

  /**
   * @param asked with how long the answer is waited for, in milliseconds
   * @param tell says something to the other instance
   * @param onEnd nothing more is expected of it
   */
  constructor(
    { source, id, wait }: { readonly source: string; readonly id: string; readonly wait: number },
    request: SourceRequest,
    private readonly tell: (to: string, message: Message) => void,
    private readonly onEnd: () => void,
  ) {
    this.source = source;
    this.id = id;
    this.answer = new Promise((settle, reject) => {
      this.settle = settle;
      this.reject = reject;
    });
    // It is waited for only where it was sent.
    this.answer.catch(() => undefined);
    this.deadline = startTimer(() => this.lost(), wait);
    this.query = request.kind === 'query' ? request.open(() => this.queryEnded()) : undefined;
  }

  /** The instance that is asked. */
  get peer(): string | undefined {
    return this.to;
  }

  sentTo(instance: string): void {
    this.to ??= instance;
  }

  /** It was not sent. */
  discard(): void {
    this.answered();
    this.query?.discard();
    this.onEnd();
  }

  /** Takes what the instance says about it. */
  take(message: Message & { readonly from: string }, data: Buffer): void {
    this.to ??= message.from;
    if (message.kind === 'answer') this.answeredBy(message.done);
    else if (message.kind === 'refused') this.failFinally(message.error);
    else if (message.kind === 'response') this.inOrder(message.index, () => this.respond(data));
    else if (message.kind === 'failed') {
      this.inOrder(message.index, () => {
        this.answeredBy(true);
        this.failFinally(message.error);
      });
    }
  }

  /** The instance has ended, or cannot be reached any more. */
  lost(): void {
    this.fail(hubError('connectionLost', this.source));
  }

  private answeredBy(done: boolean): void {
    if (this.isAnswered) return;
    this.answered();
    if (!done) this.isFinal = true;
    if (!done) this.query?.discard();
    if (!done || !this.query) this.onEnd();
    this.settle(done);
  }

  private failFinally(error: ErrorOnWire): void {
    this.isFinal = true;
    this.fail(errorFromWire(error));
  }

  private fail(error: Error): void {
    if (!this.isAnswered) {
      // Those who asked learn it by the answer alone.
      this.discard();
      this.reject(error);
    } else if (this.query) this.query.fail(error);
  }

  private answered(): void {
    this.isAnswered = true;
    this.deadline.stop();
  }

  private inOrder(index: number, take: () => void): void {
    // What was sent twice is taken once.
    if (index < this.index) return;
    if (index > this.index) this.lost();
    else {
      this.index += 1;
      take();
    }
  }

  private respond(data: Buffer): void {
    this.answeredBy(true);
    const parsed = parseMessage(data);
    if (parsed.kind !== 'response' || !this.query) {
      this.lost();
      return;
    }
    this.isFinal = responseKind(parsed.message.status) !== 'partial';
    this.query.respond(parsed.message, data.length, data);
    this.taken += data.length;
    if (this.taken - this.told < WINDOW / 2 || this.query.hasEnded || this.to === undefined) return;
    this.tell(this.to, { kind: 'taken', id: this.id, bytes: this.taken });
    this.told = this.taken;
  }

  private queryEnded(): void {
    // By its deadline, or by those who asked: the connector need not go on for them.
    if (this.to !== undefined && !this.isFinal) this.tell(this.to, { kind: 'cancel', id: this.id });
    if (!this.isAnswered) {
      this.answered();
      this.settle(true);
    }
    this.onEnd();
  }
}
