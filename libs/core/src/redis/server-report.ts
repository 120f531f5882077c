import { thrownText } from '@millrace/protocol';
import type { Redis } from 'ioredis';
import type { SharedRedisSettings } from './shared-redis.options.js';

/** What a server says of the settings that decide whether entries can be lost. */
export interface ServerReport {
  /** What goes when the memory is full. */
  readonly evictionPolicy: string;
  readonly mayEvict: boolean;
  readonly replicas: number;
  /** Whether `min-replicas-to-write` is set. */
  readonly boundsReplicas: boolean;
  /** Whether it writes to an append-only file: absent where it does not say. */
  readonly appends: boolean | undefined;
}

/** Asks a server; undefined where the account may not ask. @throws where it does not answer */
export async function readServer(node: Redis): Promise<ServerReport | undefined> {
  let text: string;
  try {
    text = await node.info();
  } catch (error) {
    if (thrownText(error).startsWith('NOPERM')) return undefined;
    throw error;
  }
  const fields = new Map(text.split('\r\n').map((line) => line.split(':', 2) as [string, string]));
  const evictionPolicy = fields.get('maxmemory_policy') ?? 'noeviction';
  return {
    evictionPolicy,
    mayEvict: evictionPolicy !== 'noeviction',
    replicas: Number(fields.get('connected_slaves') ?? 0),
    // Redis counts good replicas only where some are asked for.
    boundsReplicas: fields.has('min_slaves_good_slaves'),
    appends: fields.has('aof_enabled') ? fields.get('aof_enabled') === '1' : undefined,
  };
}

/** What should be told to those who run the service. */
export function warningsOf(server: ServerReport, { sentinels, allowEviction }: SharedRedisSettings): string[] {
  const warnings: string[] = [];
  if (server.mayEvict && !allowEviction) {
    warnings.push(
      `The eviction policy of Redis is ${server.evictionPolicy}: when its memory is full, acknowledged entries vanish. ` +
        'Set maxmemory-policy to noeviction, or allowEviction where that is wanted',
    );
  }
  if ((sentinels !== undefined || server.replicas > 0) && !server.boundsReplicas) {
    warnings.push(
      'Redis has replicas and min-replicas-to-write is not set: what a master takes while it is cut off from them is lost when one takes its place. ' +
        'Set min-replicas-to-write to 1, and min-replicas-max-lag to a few seconds',
    );
  }
  return warnings;
}
