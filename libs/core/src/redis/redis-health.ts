import { thrownText, withDeadline } from '@millrace/protocol';
import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { MillraceError } from '../errors/millrace.error.js';
import type { Notice } from '@millrace/protocol';
import type { HealthReport } from '../ops/operations-part.js';
import { areaKeys } from './keys.js';
import { mastersOf, nodeAddress } from './place.js';
import { redisError } from './redis-error.js';
import { redisAway, redisNotices } from './redis-notices.js';
import { readServer, warningsOf } from './server-report.js';
import { isCluster, type RedisClient, type RedisCluster, type SharedRedisSettings } from './shared-redis.options.js';

/** How long Redis may take for a look at its health, in milliseconds. */
const DEADLINE_MS = 1500;
/** How long the key is kept that a look writes, in seconds. */
const KEPT_SECONDS = 60;
/** Keys that are tried to find one which lies on a node of a cluster. */
const ATTEMPTS = 10_000;

/** What there is to say about a Redis that works. */
interface Findings {
  readonly warnings: readonly string[];
  /** Keys go when its memory is full, which nobody has asked for. */
  readonly mayEvict: boolean;
  readonly notices: readonly Notice[];
}

/** Looks whether Redis does what it is there for. Each look writes: a Redis that takes nothing answers a `PING` as well. */
export class RedisHealth {
  private readonly logger = new Logger('Redis');
  /** For each node the number of a key that lies there. */
  private readonly keysOnNodes = new Map<string, number>();
  private looking: Promise<Findings> | undefined;
  private warned: Promise<void> | undefined;

  constructor(
    private readonly settings: SharedRedisSettings,
    private readonly client: () => RedisClient | undefined,
  ) {}

  /** @throws MillraceError `UNAVAILABLE` saying why Redis takes no writes */
  async check(subject: string): Promise<Findings> {
    // Those who ask at the same time share one look.
    this.looking ??= this.look().finally(() => (this.looking = undefined));
    const tooLate = (): Error =>
      new MillraceError('UNAVAILABLE', `${subject}: Redis gave no answer within ${DEADLINE_MS} ms`);
    try {
      return await withDeadline(this.looking, DEADLINE_MS, tooLate);
    } catch (error) {
      throw redisError(error, subject);
    }
  }

  async report(): Promise<HealthReport> {
    const { warnings, mayEvict } = await this.check('This instance');
    return { status: mayEvict ? 'degraded' : 'up', ...(warnings.length > 0 && { details: { warnings } }) };
  }

  /** What may lose entries, or does already. */
  async notices(): Promise<readonly Notice[]> {
    try {
      return (await this.check('Redis')).notices;
    } catch (error) {
      return [redisAway(thrownText(error))];
    }
  }

  warnOnce(): Promise<void> {
    this.warned ??= this.warn().catch((error: unknown) => {
      // The next start says it.
      this.warned = undefined;
      throw error;
    });
    return this.warned;
  }

  private async warn(): Promise<void> {
    const { warnings } = await this.read();
    for (const warning of warnings) this.logger.warn(warning);
  }

  private async look(): Promise<Findings> {
    const client = this.client();
    if (client && isCluster(client)) await assertCovered(client);
    const [findings] = await Promise.all([this.read(), ...this.masters().map((node) => this.write(node))]);
    return findings;
  }

  private async read(): Promise<Findings> {
    const servers = (await Promise.all(this.masters().map(readServer))).filter((server) => server !== undefined);
    const warnings = new Set(servers.flatMap((server) => warningsOf(server, this.settings)));
    return {
      warnings: [...warnings],
      notices: redisNotices(servers, this.settings),
      mayEvict: !this.settings.allowEviction && servers.some(({ mayEvict }) => mayEvict),
    };
  }

  private masters(): Redis[] {
    const client = this.client();
    return client ? mastersOf(client) : [];
  }

  /** Writes to a key that lies on a node. */
  private async write(node: Redis): Promise<void> {
    const name = nodeAddress(node);
    const first = this.keysOnNodes.get(name) ?? 0;
    for (let number = first; number < first + ATTEMPTS; number += 1) {
      try {
        await node.set(this.key(number), '', 'EX', KEPT_SECONDS);
        this.keysOnNodes.set(name, number);
        return;
      } catch (error) {
        if (!/^(MOVED|ASK) /.test(thrownText(error))) throw error;
      }
    }
  }

  private key(number: number): string {
    return areaKeys(this.settings.keyPrefix ?? '', `probe-${number}`)('write');
  }
}

/** Every slot has to have a master that is known. */
async function assertCovered(cluster: RedisCluster): Promise<void> {
  if (isCovered(cluster)) return;
  // It hears of a new master only when it uses one of its slots.
  await new Promise<void>((resolve) => cluster.refreshSlotsCache(() => resolve()));
  if (!isCovered(cluster)) throw new MillraceError('UNAVAILABLE', 'A master of the Redis cluster is away');
}

function isCovered(cluster: RedisCluster): boolean {
  const known = new Set(cluster.nodes('master').map(nodeAddress));
  const owners = new Set(cluster.slots.map(([owner]) => owner));
  return known.size > 0 && [...owners].every((owner) => owner !== undefined && known.has(owner));
}
