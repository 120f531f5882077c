import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { StreamStore } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { storeContext } from '@millrace/stream-store/testing';
import type { Cluster, Redis } from 'ioredis';
import { endProcess } from '../../../support/end-process.js';
import type { RedisTopology } from '../../../support/redis.js';

/** A process with one consumer. */
export interface Worker {
  readonly child: ChildProcess;
  readonly url: string;
}

/** Processes that share one group on a Redis, and what they have handled. */
export class GroupBench {
  private readonly children: ChildProcess[] = [];

  private constructor(
    private readonly redis: RedisTopology,
    readonly store: StreamStore,
    private readonly control: Redis | Cluster,
  ) {}

  static async open(redis: RedisTopology): Promise<GroupBench> {
    const driver = redisStore({ ...redis.way, commandTimeout: '30s' });
    const store = await driver.create(storeContext({ retention: { maxLength: 100_000 } }));
    return new GroupBench(redis, store, redis.connect());
  }

  async worker(name: string, options: object = {}): Promise<Worker> {
    const child = this.begin(name, options);
    const [url] = (await once(child, 'message')) as [string];
    return { child, url };
  }

  /** The same, which need not live until it is ready. */
  begin(name: string, options: object): ChildProcess {
    const args = [name, JSON.stringify(this.redis.way), JSON.stringify(options)];
    const child = fork(join(__dirname, 'group-worker.mjs'), args, { execArgv: [] });
    this.children.push(child);
    return child;
  }

  /** Appends the numbers `from` to `to` (exclusive). */
  async append(to: number, from = 0): Promise<void> {
    for (let first = from; first < to; first += 500) {
      const count = Math.min(500, to - first);
      await this.store.append(
        'work',
        Array.from({ length: count }, (_unused, index) => Buffer.from(String(first + index))),
      );
    }
  }

  /** What was handled, in order: by which process, and the text. */
  async handled(): Promise<{ worker: string; text: string }[]> {
    const lines = await this.control.lrange('handled', 0, -1);
    return lines.map((line) => {
      const [worker = '', text = ''] = line.split(':');
      return { worker, text };
    });
  }

  count(): Promise<number> {
    return this.control.llen('handled');
  }

  gaps(): Promise<string[]> {
    return this.control.lrange('gaps', 0, -1);
  }

  async close(): Promise<void> {
    await Promise.all(this.children.map((child) => endProcess(child)));
    await this.store.close();
    this.control.disconnect();
  }
}

/** The numbers from 0 on, as text. */
export const texts = (count: number): string[] => Array.from({ length: count }, (_unused, index) => String(index));
