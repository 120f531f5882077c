/** Variables that name the Redis of a server. */
const REDIS = ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER'];

/** Whether a server with this environment keeps users, API keys and revoked tokens in Redis, and not in its data folder. */
export function keepsAccountsInRedis(env: NodeJS.ProcessEnv): boolean {
  return (env['MILLRACE_STORE'] || (REDIS.some((name) => env[name]) ? 'redis' : '')) === 'redis';
}
