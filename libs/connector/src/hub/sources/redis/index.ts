import type { SourceStore } from '../../../api/source-store.port.js';
import { REDIS_SOURCES_OPTIONS, type RedisSourcesOptions } from './redis-sources.options.js';
import { RedisSourceStore } from './redis-source-store.js';

export type { RedisSourcesOptions } from './redis-sources.options.js';

/**
 * Keeps sources and their documents in Redis, for several instances of a server. Needs `ioredis`.
 *
 * @example
 * ```ts
 * ConnectorHubModule.forRoot({ store: redisSources({ url: 'redis://127.0.0.1:6379' }) })
 * ```
 * @publicApi
 */
export function redisSources(options: RedisSourcesOptions): SourceStore {
  return new RedisSourceStore(REDIS_SOURCES_OPTIONS.read(options));
}
