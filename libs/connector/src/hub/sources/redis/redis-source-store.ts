import { MillraceError } from '@millrace/core/errors';
import type { OperationsPart } from '@millrace/core/ops';
import { areaKeys, RedisConnections } from '@millrace/core/redis';
import { type SourceConfiguration, SourceStore } from '../../../api/source-store.port.js';
import { INBOX_WAIT_MS } from '../../directory/redis/mail/inbox.js';
import { RedisDirectory } from '../../directory/redis/redis-directory.js';
import { RedisDocuments } from '../../directory/redis/redis-documents.js';
import { sourceKeys, type SourceKeys } from '../../directory/redis/source-scripts.js';
import type { DirectorySettings, SourceDirectory } from '../../directory/source-directory.js';
import type { RedisSourcesSettings } from './redis-sources.options.js';

/** Sources in Redis: their documents, and which instance serves which one. */
export class RedisSourceStore extends SourceStore {
  override readonly operations: OperationsPart;
  private readonly redis: RedisConnections<'commands' | 'sources-inbox'>;
  private readonly key: SourceKeys;
  private readonly documents: RedisDocuments;
  private directory: RedisDirectory | undefined;

  constructor(private readonly settings: RedisSourcesSettings) {
    super();
    this.redis = new RedisConnections('The store of sources', settings, {
      commands: { shared: true },
      'sources-inbox': { blocking: INBOX_WAIT_MS },
    });
    this.operations = this.redis.operations;
    this.key = areaKeys(this.redis.keyPrefix, 'sources');
    this.documents = new RedisDocuments(this.redis, sourceKeys(this.key));
  }

  override names(): Promise<readonly string[]> {
    return this.documents.names();
  }

  override get(source: string): Promise<SourceConfiguration | undefined> {
    return this.documents.get(source);
  }

  /** @throws MillraceError `INVALID` for a name that is not valid Unicode, `UNAVAILABLE` when Redis is away */
  override async put(source: string, configuration: SourceConfiguration): Promise<void> {
    await this.documents.put(source, configuration);
  }

  override async delete(source: string): Promise<boolean> {
    const [existed] = await this.documents.delete(source);
    return existed;
  }

  override shareSources(settings: DirectorySettings): SourceDirectory {
    const { redis, key, documents } = this;
    const { lease, commandTimeout: answerTimeout } = this.settings;
    this.directory = new RedisDirectory({ redis, key, documents, lease, answerTimeout }, settings);
    return this.directory;
  }

  override async check(): Promise<void> {
    await this.redis.check();
    if (this.directory?.isHeld === false) {
      throw new MillraceError(
        'UNAVAILABLE',
        'The instance was cut off from Redis, and has not joined the others again',
      );
    }
  }

  override async close(): Promise<void> {
    await this.directory?.close();
    this.redis.close();
    await this.directory?.ended();
  }
}
