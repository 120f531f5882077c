import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endProcess } from '../../support/end-process.js';
import type { RedisWay } from '../../support/redis.js';

/** Where a hub keeps its streams, and where it listens. */
interface HubSettings {
  readonly directory?: string;
  readonly redis?: RedisWay;
  /** @default a free one */
  readonly port?: number;
}

/** A hub with nothing but streams, in a process of its own. */
export class HubProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(settings: HubSettings): Promise<HubProcess> {
    const child = fork(join(__dirname, 'push-server.mjs'), { execArgv: [] });
    await once(child, 'message');
    child.send(settings);
    const [url] = (await once(child, 'message')) as [string];
    return new HubProcess(child, url);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** By `SIGKILL`. */
  kill(): Promise<void> {
    return endProcess(this.child);
  }
}
