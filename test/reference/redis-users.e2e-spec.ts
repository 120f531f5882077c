import { UserFile } from '@millrace/accounts';
import { startRedis } from '../support/redis.js';
import { dataDirectory, PRODUCTION, type RunningReference, startReference } from '../support/reference.js';
import { waitFor } from '../support/waiting.js';

const PASSWORD = 'correct horse';

async function logIn({ url }: RunningReference, username: string, password: string): Promise<string | number> {
  const answer = await fetch(`${url}/token`, { method: 'POST', body: new URLSearchParams({ username, password }) });
  if (answer.status !== 200) return answer.status;
  return ((await answer.json()) as { access_token: string }).access_token;
}

describe('Users of the reference application with Redis', () => {
  it('have one limit of logins at all instances', async () => {
    const redis = await startRedis();
    const folder = dataDirectory();
    const settings = { ...PRODUCTION, REDIS_URL: redis.url };
    const instances = await Promise.all([startReference(folder.path, settings), startReference(folder.path, settings)]);
    try {
      const answers: number[] = [];
      // Without a name and a password, so that they take no time: they count too.
      for (let round = 0; round < 16; round += 1) {
        for (const { url } of instances) answers.push((await fetch(`${url}/token`, { method: 'POST' })).status);
      }
      expect(answers.slice(0, 30)).not.toContain(429);
      expect(answers.slice(30)).toEqual([429, 429]);
    } finally {
      await Promise.all(instances.map((instance) => instance.stop()));
      await redis.stop();
      folder.remove();
    }
  });

  it('log in at all instances, the first one of a file; changes at one count on the other', async () => {
    const redis = await startRedis();
    const [here, there] = [dataDirectory(), dataDirectory()];
    const settings = { ...PRODUCTION, REDIS_URL: redis.url };
    const [first, second] = await Promise.all([
      startReference(here.path, settings),
      startReference(there.path, settings),
    ]);
    const ask = async (method: string, path: string, body?: object): Promise<number> => {
      const token = await logIn(second, 'admin', PASSWORD);
      const headers = { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }) };
      const answer = await fetch(`${second.url}${path}`, {
        method,
        headers,
        ...(body && { body: JSON.stringify(body) }),
      });
      return answer.status;
    };
    try {
      // Neither has users: both say so, and how to add one.
      for (const [instance, folder] of [
        [first, here],
        [second, there],
      ] as const) {
        expect(instance.output()).toContain(`Nobody can log in: there are no users in ${folder.path}/users.json`);
      }
      await UserFile.in(here.path).add({ name: 'admin', password: PASSWORD, scopes: ['*'] });
      expect(await logIn(first, 'admin', PASSWORD)).toEqual(expect.any(String));
      expect(await ask('PUT', '/users/alice', { password: PASSWORD, scopes: ['rpc'] })).toBe(200);
      expect(await logIn(first, 'alice', PASSWORD)).toEqual(expect.any(String));
      expect(await ask('PUT', '/users/alice', { password: 'short' })).toBe(422);
      expect(await ask('PUT', '/users/alice', { password: 'another one' })).toBe(200);
      expect(await logIn(first, 'alice', PASSWORD)).toBe(401);
      expect(await logIn(first, 'alice', 'another one')).toEqual(expect.any(String));
      expect(await ask('DELETE', '/users/alice')).toBe(204);
      expect(await ask('DELETE', '/users/alice')).toBe(404);
      expect(await logIn(first, 'alice', 'another one')).toBe(401);
      expect(await ask('GET', '/users')).toBe(200);
      expect(await UserFile.in(there.path).list()).toEqual([]);
      await redis.kill();
      await waitFor('the outage', async () => (await logIn(first, 'admin', PASSWORD)) === 503);
      expect(await logIn(first, 'admin', 'wrong')).toBe(503);
    } finally {
      const codes = await Promise.all([first.stop(), second.stop()]);
      await redis.stop();
      for (const folder of [here, there]) folder.remove();
      expect(codes).toEqual([0, 0]);
    }
  });
});
