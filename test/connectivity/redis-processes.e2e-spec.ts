import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endProcess } from '../support/end-process.js';
import type { RedisTopology } from '../support/redis.js';
import { TOPOLOGIES } from '../support/redis-topologies.js';
import { waitFor } from '../support/waiting.js';

interface Answer {
  readonly id: number;
  readonly names?: readonly string[];
  readonly error?: string;
}

const PARTITIONS = Array.from({ length: 7 }, (_, index) => `session-${index}`);

/** An instance of the registry in a process of its own. */
class Instance {
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private calls = 0;

  private constructor(readonly child: ChildProcess) {
    child.on('message', (message) => {
      const answer = message as Answer;
      this.waiting.get(answer.id)?.(answer);
    });
  }

  static async start({ way }: RedisTopology): Promise<Instance> {
    const child = fork(join(__dirname, 'registry-process.mjs'), [JSON.stringify(way)], { execArgv: [] });
    await once(child, 'message');
    return new Instance(child);
  }

  /** Never answers when the process ends before. */
  async call(method: string, ...values: unknown[]): Promise<readonly string[]> {
    const id = (this.calls += 1);
    const answered = new Promise<Answer>((resolve) => this.waiting.set(id, resolve));
    this.child.send({ id, method, values });
    const { names = [], error } = await answered;
    if (error !== undefined) throw new Error(error);
    return names;
  }
}

/** Publishes names of its own in all partitions until the end, and notes those that are acknowledged. */
class Publisher {
  readonly acknowledged: (readonly [partition: string, uid: string])[] = [];
  isEnding = false;

  constructor(
    private readonly instance: Instance,
    private readonly name: string,
  ) {}

  async run(): Promise<void> {
    for (let round = 0; !this.isEnding; round += 1) {
      const [partition, uid] = [PARTITIONS[round % PARTITIONS.length] as string, `${this.name}-${round}`];
      await this.instance.call('publish', partition, [{ uid, uri: `tcp://${uid}`, dataType: 'T' }]);
      this.acknowledged.push([partition, uid]);
    }
  }
}

/** What of that an instance does not know. */
async function missingAt(instance: Instance, publishers: readonly Publisher[]): Promise<string[]> {
  const acknowledged = publishers.flatMap((publisher) => [...publisher.acknowledged]);
  const known = new Map<string, Set<string>>();
  for (const partition of PARTITIONS) known.set(partition, new Set(await instance.call('lookup', partition, {})));
  return acknowledged.filter(([partition, uid]) => !known.get(partition)?.has(uid)).map(([, uid]) => uid);
}

describe.each(TOPOLOGIES)('Processes with one registry on $topology', ({ start }) => {
  let redis: RedisTopology;
  let children: ChildProcess[];
  beforeEach(async () => {
    redis = await start();
    children = [];
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGCONT');
    await Promise.all(children.map(endProcess));
    await redis.stop();
  });

  async function startInstance(): Promise<Instance> {
    const instance = await Instance.start(redis);
    children.push(instance.child);
    return instance;
  }

  function publishAt(instance: Instance, name: string): Publisher {
    const publisher = new Publisher(instance, name);
    // It ends with its process.
    void publisher.run();
    return publisher;
  }

  it('lose nothing that was acknowledged when one is frozen, killed and replaced, nor through a flush', async () => {
    const [steady, frozen, killed] = [await startInstance(), await startInstance(), await startInstance()];
    const publishers = [publishAt(steady, 'steady'), publishAt(frozen, 'frozen'), publishAt(killed, 'killed')];
    const more = async (publisher: Publisher | undefined, count = 10): Promise<void> => {
      const before = publisher?.acknowledged.length ?? 0;
      await waitFor('more publications', () => (publisher?.acknowledged.length ?? 0) > before + count);
    };
    for (const publisher of publishers) await more(publisher);
    for (const instance of [steady, frozen, killed]) expect(await missingAt(instance, publishers)).toEqual([]);

    frozen.child.kill('SIGSTOP');
    killed.child.kill('SIGKILL');
    // Far more than the logs keep before their snapshots.
    await more(publishers[0], 120);
    expect(await missingAt(steady, publishers)).toEqual([]);
    frozen.child.kill('SIGCONT');
    expect(await missingAt(frozen, publishers)).toEqual([]);
    const late = await startInstance();
    expect(await missingAt(late, publishers)).toEqual([]);

    for (const publisher of publishers) publisher.isEnding = true;
    await redis.flushAll();
    for (const instance of [late, frozen, steady])
      await waitFor('all of it', async () => (await missingAt(instance, publishers).catch(() => ['?'])).length === 0);
  });
});
