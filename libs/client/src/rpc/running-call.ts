import type { RpcProgress } from '@millrace/protocol';
import type { CallId, RpcAnswer } from './wire/messages.js';

/** A request that was started, as a {@link RunningCall} sees it. */
export interface StartedCall<Result> {
  readonly id: CallId;
  readonly reply: Promise<RpcAnswer<Result>>;
  cancel(): Promise<void>;
}

/** Starts the request of a task; `onProgress` hears its progress. */
export type TaskStarter<Result> = (
  onProgress: (progress: RpcProgress) => void,
) => StartedCall<Result> | Promise<StartedCall<Result>>;

/**
 * A running request: a promise of its reply, and an async iterable of its progress. Iteration ends with the reply and never
 * throws; the reply tells success from failure.
 *
 * @example
 * ```ts
 * const task = instance.task('render', { width: 640 });
 * for await (const { operation, amount } of task) console.log(operation, amount);
 * const { result, binary } = await task;
 * ```
 * @publicApi
 */
export class RunningCall<Result = unknown> implements Promise<RpcAnswer<Result>>, AsyncIterable<RpcProgress> {
  readonly [Symbol.toStringTag] = 'RunningCall';
  private readonly queue = new ProgressQueue();
  private readonly started: Promise<StartedCall<Result>>;
  private readonly reply: Promise<RpcAnswer<Result>>;
  private settled = false;

  /** @internal made by `task()` of an instance */
  constructor(start: TaskStarter<Result>) {
    this.started = (async () => start((progress) => this.queue.push(progress)))();
    this.reply = this.started.then((call) => call.reply);
    const settle = (): void => {
      this.settled = true;
      this.queue.end();
    };
    // A task whose progress is all that matters must not end the process by its failure.
    this.reply.then(settle, settle);
  }

  /** Id of the request, once it is sent. */
  get id(): Promise<CallId> {
    return this.started.then((call) => call.id);
  }

  /** Whether the reply, or an error, is there. */
  get ready(): boolean {
    return this.settled;
  }

  /** The bare result of the reply. */
  result(): Promise<Result> {
    return this.reply.then((reply) => reply.result);
  }

  /**
   * Asks the server to stop. Resolves when it agreed; the task itself then rejects with code 20.
   *
   * @throws JsonRpcError (-32602) when the server refuses: the request is over, or its method cannot be cancelled
   */
  async cancel(): Promise<void> {
    const call = await this.started;
    await call.cancel();
  }

  [Symbol.asyncIterator](): AsyncGenerator<RpcProgress, void, undefined> {
    return this.queue[Symbol.asyncIterator]();
  }

  then<Value = RpcAnswer<Result>, Failure = never>(
    onFulfilled?: ((reply: RpcAnswer<Result>) => Value | PromiseLike<Value>) | null,
    onRejected?: ((reason: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Value | Failure> {
    return this.reply.then(onFulfilled, onRejected);
  }

  catch<Failure = never>(
    onRejected?: ((reason: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<RpcAnswer<Result> | Failure> {
    return this.reply.catch(onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<RpcAnswer<Result>> {
    return this.reply.finally(onFinally);
  }
}

/** How many unread progress messages are kept; beyond, the oldest give way, for only the newest matter. */
const KEPT = 1000;

/** Progress on its way to the caller that iterates. */
export class ProgressQueue implements AsyncIterable<RpcProgress> {
  private unread: RpcProgress[] = [];
  private ended = false;
  private wake: (() => void)[] = [];

  push(progress: RpcProgress): void {
    if (this.ended) return;
    this.unread.push(progress);
    if (this.unread.length > KEPT) this.unread.shift();
    this.wakeAll();
  }

  end(): void {
    this.ended = true;
    this.wakeAll();
  }

  /** Yields what is unread and what arrives; ends with the reply. Several readers share the messages. */
  async *[Symbol.asyncIterator](): AsyncGenerator<RpcProgress, void, undefined> {
    for (;;) {
      const next = this.unread.shift();
      if (next) yield next;
      else if (this.ended) return;
      else await new Promise<void>((resolve) => this.wake.push(resolve));
    }
  }

  private wakeAll(): void {
    const waiting = this.wake;
    this.wake = [];
    for (const resolve of waiting) resolve();
  }
}
