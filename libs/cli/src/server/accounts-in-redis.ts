/** Whether a server with this environment keeps users, API keys and revoked tokens in Redis, and not in its data folder. */
export function keepsAccountsInRedis(env: NodeJS.ProcessEnv): boolean {
  return (env['MILLRACE_STORE'] || (env['REDIS_URL'] ? 'redis' : '')) === 'redis';
}
