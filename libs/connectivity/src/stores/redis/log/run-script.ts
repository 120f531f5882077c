import { createHash } from 'node:crypto';
import type { RedisClient } from '@millrace/core/redis';
import { thrownText } from '@millrace/protocol';

/** A script of Redis, and the name by which Redis knows it once it has seen it. */
export interface Script {
  readonly text: string;
  readonly digest: string;
}

export function script(text: string): Script {
  return { text, digest: createHash('sha1').update(text).digest('hex') };
}

/** Runs a script by its name, and where Redis does not know it yet by its text. */
export async function runScript(
  redis: RedisClient,
  { text, digest }: Script,
  keys: readonly string[],
  values: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await redis.evalsha(digest, keys.length, ...keys, ...values);
  } catch (error) {
    if (!thrownText(error).startsWith('NOSCRIPT')) throw error;
  }
  return redis.eval(text, keys.length, ...keys, ...values);
}
