import { createHash } from 'node:crypto';
import { thrownText } from '@millrace/protocol';
import type { RedisClient } from './shared-redis.options.js';

/** What a script is given beside its keys. */
type Values = readonly (string | number | Buffer)[];

/**
 * A script of Redis. It goes by its digest where Redis knows it already: its text is often longer than what it is given. Where
 * Redis does not, it comes behind what was sent meanwhile: not for scripts whose order counts and that are not awaited.
 */
export class RedisScript {
  readonly digest: string;

  constructor(readonly text: string) {
    this.digest = createHash('sha1').update(text).digest('hex');
  }

  /** Answers with texts. @throws what Redis reports, or the way to it */
  run(redis: RedisClient, keys: readonly string[], values: Values = []): Promise<unknown> {
    const { digest, text } = this;
    return known(
      () => redis.evalsha(digest, keys.length, ...keys, ...values),
      () => redis.eval(text, keys.length, ...keys, ...values),
    );
  }

  /** Answers with buffers in place of texts. @throws as {@link run} */
  runForBuffers(redis: RedisClient, keys: readonly string[], values: Values = []): Promise<unknown> {
    const { digest, text } = this;
    return known(
      () => redis.callBuffer('evalsha', digest, keys.length, ...keys, ...values),
      () => redis.callBuffer('eval', text, keys.length, ...keys, ...values),
    );
  }
}

async function known(byDigest: () => Promise<unknown>, byText: () => Promise<unknown>): Promise<unknown> {
  try {
    return await byDigest();
  } catch (error) {
    if (!thrownText(error).startsWith('NOSCRIPT')) throw error;
  }
  return byText();
}
