import type { Notice } from '@millrace/protocol';
import type { ServerReport } from './server-report.js';
import type { SharedRedisSettings } from './shared-redis.options.js';

/** What in the settings of the servers may lose entries. */
export function redisNotices(servers: readonly ServerReport[], settings: SharedRedisSettings): Notice[] {
  return [...lossy(servers, settings)];
}

function* lossy(servers: readonly ServerReport[], settings: SharedRedisSettings): Iterable<Notice> {
  const evicting = servers.find(({ mayEvict }) => mayEvict);
  if (evicting && !settings.allowEviction) {
    yield {
      code: 'REDIS_EVICTS',
      level: 'warning',
      text: `The eviction policy of Redis is ${evicting.evictionPolicy}: when its memory is full, acknowledged entries vanish`,
      remedy: 'Set maxmemory-policy of Redis to noeviction; or give allowEviction: true where that is wanted',
    };
  }
  if (servers.some(({ appends }) => appends === false)) {
    yield {
      code: 'REDIS_NOT_KEPT',
      level: 'warning',
      text: 'Redis keeps no append-only file: when it ends, what came since its last snapshot is lost, and everything where it makes none',
      remedy: 'Set appendonly of Redis to yes, and appendfsync to everysec or always',
    };
  }
  const isReplicated = settings.sentinels !== undefined || settings.cluster !== undefined;
  if (isReplicated && servers.some(({ replicas }) => replicas === 0)) {
    yield {
      code: 'REDIS_WITHOUT_REPLICA',
      level: 'warning',
      text: 'A master of Redis has no replica that could take its place',
      remedy: 'Start a replica for each master, or bring back the one that is away',
    };
  }
  if (servers.some(({ replicas, boundsReplicas }) => replicas > 0 && !boundsReplicas)) {
    yield {
      code: 'REDIS_REPLICAS_UNBOUND',
      level: 'warning',
      text: 'What a master of Redis takes while it is cut off from its replicas is lost when one takes its place',
      remedy: 'Set min-replicas-to-write of Redis to 1, and min-replicas-max-lag to a few seconds',
    };
  }
}

/** Redis does not do what it is there for. @param reason as an error says it */
export function redisAway(reason: string): Notice {
  return {
    code: 'REDIS_AWAY',
    level: 'error',
    text: reason,
    remedy:
      'Start Redis, or name the right one by the options url, sentinels or cluster of sharedRedis(); docs/redis.md says what follows',
  };
}
