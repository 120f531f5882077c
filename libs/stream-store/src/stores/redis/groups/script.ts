import { createHash } from 'node:crypto';
import { thrownText } from '@millrace/protocol';
import type { RedisClient } from '@millrace/core/redis';

/** A script that is sent by its hash where Redis knows it. */
export class Script {
  private readonly hash: string;

  constructor(private readonly text: string) {
    this.hash = createHash('sha1').update(text).digest('hex');
  }

  /** @param values the keys, then what else it is given; the answer has buffers for texts */
  async run(redis: RedisClient, keys: number, values: readonly string[]): Promise<unknown> {
    try {
      return await redis.callBuffer('evalsha', this.hash, keys, ...values);
    } catch (error) {
      if (!thrownText(error).includes('NOSCRIPT')) throw error;
      return redis.callBuffer('eval', this.text, keys, ...values);
    }
  }
}

/** What a script has answered, with texts in place of buffers. */
export function withTexts(reply: unknown): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString();
  return Array.isArray(reply) ? reply.map(withTexts) : reply;
}
