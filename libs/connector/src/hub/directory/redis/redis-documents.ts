import { MillraceError } from '@millrace/core/errors';
import type { RedisConnections } from '@millrace/core/redis';
import type { SourceConfiguration } from '../../../api/source-store.port.js';
import { documentIn, isUnicode } from '../../sources/source-text.js';
import { DELETE, PUT } from './source-scripts.js';

/** The documents of sources: a hash by their names. A change is told to the instance that serves the source. */
export class RedisDocuments {
  private readonly hash: string;

  /** @param keys those of all scripts, the documents first */
  constructor(
    private readonly redis: RedisConnections<'commands' | 'sources-inbox'>,
    private readonly keys: readonly string[],
  ) {
    [this.hash = ''] = keys;
  }

  async names(): Promise<readonly string[]> {
    return (await this.redis.run((client) => client.hkeys(this.hash))).sort();
  }

  async get(source: string): Promise<SourceConfiguration | undefined> {
    if (!isUnicode(source)) return undefined;
    const text = await this.redis.run((client) => client.hget(this.hash, source));
    return text === null ? undefined : this.read(source, text);
  }

  async has(source: string): Promise<boolean> {
    return isUnicode(source) && (await this.redis.run((client) => client.hexists(this.hash, source))) === 1;
  }

  /**
   * @param self the own instance, which needs no telling
   * @returns the number of the change; 0 where only what is missing is to be created, and it is there
   * @throws MillraceError `INVALID` for a name that is not valid Unicode
   */
  async put(source: string, configuration: SourceConfiguration, self = '', onlyMissing = false): Promise<number> {
    if (!isUnicode(source)) throw new MillraceError('INVALID', 'The name of the source must be valid Unicode');
    const rest = [source, JSON.stringify(configuration), onlyMissing ? 1 : 0, self];
    return (await this.redis.run((client) => client.eval(PUT, this.keys.length, ...this.keys, ...rest))) as number;
  }

  /** @returns whether it existed, and the number of the change */
  async delete(source: string, self = ''): Promise<readonly [existed: boolean, change: number]> {
    if (!isUnicode(source)) return [false, 0];
    const reply = await this.redis.run((client) => client.eval(DELETE, this.keys.length, ...this.keys, source, self));
    const [existed, change] = reply as [number, number];
    return [existed === 1, change];
  }

  /** @throws Error when another program has written the document, which is not quoted: documents hold passwords */
  read(source: string, text: string): SourceConfiguration {
    const document = documentIn(text);
    if (document) return document;
    throw new Error(
      `The document of the source ${JSON.stringify(source)} in Redis, in the hash ${this.hash}, is not a JSON object; put another in its place, or take it out by HDEL`,
    );
  }
}
