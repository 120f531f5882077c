import { AnsweringConnector } from '../connector/support/answering-connector.js';
import { dataDirectory, login, type RunningReference, startReference } from '../support/reference.js';
import { suiteRedis } from '../support/suite-redis.js';
import { waitFor } from '../support/waiting.js';

describe('Two reference applications on one Redis', () => {
  const directories = [dataDirectory(), dataDirectory()];
  let url: string;
  let instances: RunningReference[] = [];
  suiteRedis(({ redis }) => void (url = redis.url));
  afterAll(async () => {
    await Promise.all(instances.map((each) => each.stop()));
    directories.forEach((each) => each.remove());
  });

  it('connector#82: serve the sources of each other, and health says how many they are', async () => {
    const environment = { REDIS_URL: url, MILLRACE_JWT_SECRET: 's'.repeat(40) };
    instances = await Promise.all(directories.map(({ path }) => startReference(path, environment)));
    const [one, two] = instances as [RunningReference, RunningReference];
    const token = await login(two.url);
    const headers = { authorization: `Bearer ${token}` };
    const ask = (at: RunningReference, method: string, path: string, body?: object): Promise<Response> =>
      fetch(`${at.url}/sources/oven${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    expect((await ask(two, 'PUT', '', { room: 'kitchen' })).status).toBe(204);
    const connector = await AnsweringConnector.connect(one.wsUrl, 'oven', { token });
    expect((await ask(two, 'POST', '/publish', { a: 1 })).status).toBe(202);
    expect(await (await ask(two, 'POST', '/query', { rows: 2 })).json()).toMatchObject([{ row: 0 }, { row: 1 }]);
    expect(await (await ask(two, 'GET', '')).json()).toMatchObject({ state: 'connected' });
    for (const { url: at } of instances) {
      const health = await waitFor('both', async () => {
        const { info } = (await (await fetch(`${at}/health`)).json()) as {
          info: Record<string, { instances?: number }>;
        };
        return info['sources']?.instances === 2 && info['sources'];
      });
      expect(health).toMatchObject({ status: 'up', connected: 1 });
    }
    await connector.close();
  });
});
