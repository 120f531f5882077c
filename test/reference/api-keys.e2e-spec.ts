import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ApiKeyFile } from '@millrace/accounts';
import { startRedis } from '../support/redis.js';
import { dataDirectory, login, type RunningReference, startReference } from '../support/reference.js';
import { waitFor } from '../support/waiting.js';

const BY_TLS = { 'X-Forwarded-Proto': 'https' };

const streams = ({ url }: RunningReference, key: string, more: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/streams`, { headers: { Authorization: `Bearer ${key}`, ...more } });

async function make({ url }: RunningReference): Promise<{ id: string; key: string }> {
  const response = await fetch(`${url}/keys`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${await login(url)}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'test', scopes: ['streams:read'], expires: '1h' }),
  });
  expect(response.status).toBe(201);
  return (await response.json()) as { id: string; key: string };
}

describe('API keys of the reference application', () => {
  const directory = dataDirectory();
  afterAll(() => directory.remove());

  it('are kept in the data folder, and taken behind the TLS of a trusted proxy only', async () => {
    const reference = await startReference(directory.path, { MILLRACE_TRUST_PROXY: 'loopback' });
    try {
      const { id, key } = await make(reference);
      expect((await streams(reference, key, BY_TLS)).status).toBe(200);
      expect((await streams(reference, key)).status).toBe(403);
      await waitFor('the last use', async () => (await ApiKeyFile.in(directory.path).list())[0]?.lastUsed);
      expect(await ApiKeyFile.in(directory.path).revoke(id)).toBe(true);
      expect((await streams(reference, key, BY_TLS)).status).toBe(401);
      const other = await ApiKeyFile.in(directory.path).create({ name: 'by command', scopes: ['*'] });
      expect((await streams(reference, other.key, BY_TLS)).status).toBe(200);
      expect(reference.output()).not.toContain(key.slice(16));
    } finally {
      expect(await reference.stop()).toBe(0);
    }
  });

  it('leave logins of clients behind that proxy counted by their own addresses', async () => {
    const settings = { NODE_ENV: 'production', MILLRACE_JWT_SECRET: 'x'.repeat(32), MILLRACE_TRUST_PROXY: 'loopback' };
    const reference = await startReference(directory.path, settings);
    try {
      const attempt = async (address: string): Promise<number> => {
        // Without a password it costs little, and counts all the same.
        const body = new URLSearchParams({ username: 'a' });
        const headers = { 'X-Forwarded-For': address };
        return (await fetch(`${reference.url}/token`, { method: 'POST', body, headers })).status;
      };
      const statuses = await Promise.all(Array.from({ length: 31 }, () => attempt('10.0.0.1')));
      expect(statuses.filter((status) => status === 429)).toHaveLength(1);
      expect(await attempt('10.0.0.2')).toBe(422);
    } finally {
      await reference.stop();
    }
  });

  it('are kept in Redis when the streams are, for every instance', async () => {
    const redis = await startRedis();
    const settings = { REDIS_URL: redis.url, MILLRACE_TRUST_PROXY: '127.0.0.1, ::1' };
    const own = dataDirectory();
    const instances = await Promise.all([startReference(own.path, settings), startReference(own.path, settings)]);
    try {
      const [first, second] = instances;
      const { id, key } = await make(first);
      expect((await streams(second, key, BY_TLS)).status).toBe(200);
      expect(existsSync(join(own.path, 'api-keys.json'))).toBe(false);
      const headers = { Authorization: `Bearer ${await login(second.url)}` };
      expect((await fetch(`${second.url}/keys/${id}`, { method: 'DELETE', headers })).status).toBe(204);
      expect((await streams(first, key, BY_TLS)).status).toBe(401);
    } finally {
      await Promise.all(instances.map((instance) => instance.stop()));
      await redis.stop();
      own.remove();
    }
  });

  it('are in the document of the REST endpoints', async () => {
    const reference = await startReference(directory.path);
    try {
      const document = (await (await fetch(`${reference.url}/openapi.json`)).json()) as any;
      expect(document.paths['/keys'].post.operationId).toBe('createApiKey');
      expect(Object.keys(document.paths['/keys'])).toEqual(['post', 'get']);
      expect(document.paths['/keys/{id}'].delete.summary).toBe('Revoke an API key');
      expect(document.components.schemas).toHaveProperty('ApiKey');
    } finally {
      await reference.stop();
    }
  });
});
