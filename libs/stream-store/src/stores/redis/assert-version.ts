import { MillraceError } from '@millrace/core/errors';
import { isCluster, mastersOf, type RedisClient } from '@millrace/core/redis';

/** The first versions that have what the store asks for: exclusive ends of ranges, and in a cluster channels of shards. */
const NEEDED = { server: [6, 2], cluster: [7, 0] } as const;

/**
 * Finds out whether a Redis is new enough. One that does not tell its version, as to a user who may not ask, is taken as it is.
 *
 * @throws MillraceError `UNAVAILABLE` with the version found
 */
export async function assertVersion(redis: RedisClient): Promise<void> {
  const inCluster = isCluster(redis);
  const found = await Promise.all(
    mastersOf(redis).map(async (server) => versionOf(await server.info('server').catch(() => ''))),
  );
  const [major, minor] = inCluster ? NEEDED.cluster : NEEDED.server;
  for (const version of found) {
    const [theirMajor = Infinity, theirMinor = 0] = version?.split('.').map(Number) ?? [];
    if (theirMajor > major || (theirMajor === major && theirMinor >= minor)) continue;
    throw new MillraceError(
      'UNAVAILABLE',
      `The stream store needs Redis ${major}.${minor} or later${inCluster ? ' in a cluster' : ''}, and found ${version}; update Redis`,
    );
  }
}

function versionOf(info: string): string | undefined {
  return /^redis_version:(\d+\.\d+[\d.]*)/m.exec(info)?.[1];
}
