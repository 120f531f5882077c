import { MillraceError } from '@millrace/core/errors';
import type { OperationsPart } from '@millrace/core/ops';
import { areaKeys, RedisConnections } from '@millrace/core/redis';
import { type SourceConfiguration, SourceStore } from '../../../api/source-store.port.js';
import { documentIn, isUnicode } from '../source-text.js';
import type { RedisSourcesSettings } from './redis-sources.options.js';

/** A hash: the documents by the names of their sources. */
export class RedisSourceStore extends SourceStore {
  override readonly operations: OperationsPart;
  private readonly redis: RedisConnections<'commands'>;
  private readonly documents: string;

  constructor(settings: RedisSourcesSettings) {
    super();
    this.redis = new RedisConnections('The store of sources', settings, { commands: { shared: true } });
    this.operations = this.redis.operations;
    this.documents = areaKeys(this.redis.keyPrefix, 'sources')('documents');
  }

  override async names(): Promise<readonly string[]> {
    return (await this.redis.run((client) => client.hkeys(this.documents))).sort();
  }

  override async get(source: string): Promise<SourceConfiguration | undefined> {
    if (!isUnicode(source)) return undefined;
    const text = await this.redis.run((client) => client.hget(this.documents, source));
    return text === null ? undefined : this.read(source, text);
  }

  /** @throws MillraceError `INVALID` for a name that is not valid Unicode, `UNAVAILABLE` when Redis is away */
  override async put(source: string, configuration: SourceConfiguration): Promise<void> {
    if (!isUnicode(source)) throw new MillraceError('INVALID', 'The name of the source must be valid Unicode');
    const text = JSON.stringify(configuration);
    await this.redis.run((client) => client.hset(this.documents, source, text));
  }

  override async delete(source: string): Promise<boolean> {
    return isUnicode(source) && (await this.redis.run((client) => client.hdel(this.documents, source))) === 1;
  }

  override check(): Promise<void> {
    return this.redis.check();
  }

  override async close(): Promise<void> {
    this.redis.close();
  }

  /** @throws Error when another program has written the document, which is not quoted: documents hold passwords */
  private read(source: string, text: string): SourceConfiguration {
    const document = documentIn(text);
    if (document) return document;
    throw new Error(
      `The document of the source ${JSON.stringify(source)} in Redis, in the hash ${this.documents}, is not a JSON object; put another in its place, or take it out by HDEL`,
    );
  }
}
