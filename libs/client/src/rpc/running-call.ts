import type { RpcProgress } from '@millrace/protocol';
import type { CallId, RpcAnswer } from './wire/messages.js';
import { ProgressQueue } from './connection/progress-queue.js';

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
