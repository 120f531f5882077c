import type { RedisClient } from '@millrace/core/redis';
import type { RegistryClock } from '../registry-clock.js';
import { LOG_VERSION, type Position } from './log-entry.js';
import { CALL } from './redis-scripts.js';
import type { ScriptKeys } from './registry-keys.js';

/** A question to a log, or an entry for it. */
export interface LogCall {
  readonly keys: ScriptKeys;
  /** The last entry that this instance has applied, as of when it is sent. */
  readonly applied: () => Position;
  /** Nothing asks how far the log is. */
  readonly entry?: string;
  /** Called when it is sent. */
  readonly sent?: () => void;
}

interface WaitingCall extends LogCall {
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends what one turn of the event loop has for the logs of a registry, in one command where they lie on one server: what that
 * costs, Redis as well as this process, depends little on how much there is in it.
 */
export class LogCalls {
  private waiting: WaitingCall[] = [];

  constructor(
    readonly redis: RedisClient,
    readonly clock: RegistryClock,
    readonly isCluster: boolean,
  ) {}

  /** @throws what Redis reports */
  call(call: LogCall): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ ...call, resolve, reject });
      if (this.waiting.length === 1) setImmediate(() => this.sendAll());
    });
  }

  private sendAll(): void {
    const calls = this.waiting;
    this.waiting = [];
    if (this.isCluster) for (const call of calls) void this.send([call]);
    else void this.send(calls);
  }

  private async send(calls: readonly WaitingCall[]): Promise<void> {
    for (const { sent } of calls) sent?.();
    try {
      const keys = calls.flatMap(({ keys }) => keys);
      const own = calls.flatMap(({ applied, entry = '' }) => [applied().count, applied().id, entry]);
      const values = [LOG_VERSION, 0, '0-0', this.clock.estimate(), this.isCluster ? 1 : 0, ...own];
      const replies = (await CALL.run(this.redis, keys, values)) as [status: string, text: string][];
      for (const [index, [status, text]] of replies.entries()) {
        if (status === 'failed') calls[index]?.reject(replyError(text));
        else calls[index]?.resolve(replies[index]);
      }
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  }
}

/** As it would be were the call the only one. */
function replyError(text: string): Error {
  return Object.assign(new Error(text), { name: 'ReplyError' });
}
