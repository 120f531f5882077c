import { type RedisClient, RedisScript } from '@millrace/core/redis';
import { namedKeys, type SourceKeyName, type SourceKeys } from './source-scripts.js';

/**
 * A script that is often run, with no keys but those it needs. It goes by its digest, see {@link RedisScript}: each is awaited, or
 * does not depend on the order.
 */
export class SourceScript {
  private readonly script: RedisScript;

  /** @param names of its keys, under which the text has them */
  constructor(
    private readonly names: readonly SourceKeyName[],
    text: string,
  ) {
    this.script = new RedisScript(`${namedKeys(names)}\n${text}`);
  }

  /** @throws what Redis reports, or the way to it */
  run(client: RedisClient, key: SourceKeys, values: readonly (string | number | Buffer)[]): Promise<unknown> {
    return this.script.run(client, this.names.map(key), values);
  }
}
