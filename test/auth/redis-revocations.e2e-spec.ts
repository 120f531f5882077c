import { Redis } from 'ioredis';
import { AuthModule, type AuthOptions, TokenService } from '@millrace/auth';
import { redisTokenRevocations } from '@millrace/auth/redis';
import { makeRevocation } from '@millrace/accounts/tokens';
import { startApplication } from '../support/applications.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { bearer, PlacesModule, SECRET } from './support/places.js';

/** Where Redis is away that is said at once; a machine that stalls is not to be taken for that. */
const PATIENCE = '30s';
const ALL = ['*'];

const inAnHour = (): number => Date.now() + 3_600_000;

/** An instance of a server, with the settings that it has by default. */
function startInstance(url: string, more: AuthOptions['revocations'] = {}) {
  const store = redisTokenRevocations({ url, commandTimeout: PATIENCE });
  return startApplication([
    AuthModule.forRoot({ jwt: { secret: SECRET }, revocations: { store, ...more } }),
    PlacesModule,
  ]);
}

const statusAt = async (url: string, token: string): Promise<number> =>
  (await fetch(`${url}/who`, bearer(token))).status;

describe('Revoked tokens in Redis', () => {
  let redis: RunningRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('are gone from it when the last token that they concern has run out, and not before', async () => {
    const client = new Redis(redis.url);
    try {
      const store = redisTokenRevocations({ client, keyPrefix: 'ends' });
      const until = inAnHour();
      await store.add(makeRevocation({ user: 'alice' }, until));
      await store.add(makeRevocation({ user: 'bob', token: 'x' }, until - 1000));
      const keys = (await client.keys('ends*')).sort();
      const names = ['ends', 'owners', 'records', 'version'];
      expect(keys).toEqual(names.map((name) => `ends{millrace:revoked-tokens}:${name}`));
      for (const key of keys) expect(await client.pexpiretime(key)).toBe(until);
      await store.add(makeRevocation({ user: 'alice' }, null));
      for (const key of keys) expect(await client.pexpiretime(key)).toBe(-1);
    } finally {
      client.disconnect();
    }
  });

  it('are not made by what another program has written there', async () => {
    const client = new Redis(redis.url);
    try {
      await client.hset('foreign{millrace:revoked-tokens}:records', {
        a: 'no JSON',
        b: '{"user":"b"}',
        c: '{"__proto__":{}}',
        d: 'null',
      });
      await client.zadd('foreign{millrace:revoked-tokens}:ends', '+inf', 'a', '+inf', 'b', '+inf', 'c', 1e300, 'd');
      await client.set('foreign{millrace:revoked-tokens}:version', 'x');
      expect(await redisTokenRevocations({ client, keyPrefix: 'foreign' }).list()).toEqual([]);
    } finally {
      client.disconnect();
    }
  });

  it('stay so on instances that run while Redis loses them', async () => {
    const instance = await startInstance(redis.url, { recheckInterval: '50ms' });
    const client = new Redis(redis.url);
    try {
      const tokens = instance.app.get(TokenService);
      const { token } = tokens.issue({ name: 'carol', scopes: ALL });
      await tokens.revokeTokensOf('carol');
      await client.flushall();
      // What comes after was seen, so the loss was too.
      const { token: next } = tokens.issue({ name: 'dave', scopes: ALL });
      await redisTokenRevocations({ client }).add(makeRevocation({ user: 'dave' }, inAnHour()));
      await waitFor('the next', async () => (await statusAt(instance.url, next)) === 401);
      expect(await statusAt(instance.url, token)).toBe(401);
    } finally {
      client.disconnect();
      await instance.close();
    }
  });

  it('cannot be looked up while Redis is away: new requests get 503, sockets stay, and all catches up', async () => {
    const own = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
    const instance = await startInstance(own.url, { recheckInterval: '50ms' });
    const away = redisTokenRevocations({ url: own.url, commandTimeout: PATIENCE });
    try {
      const { token } = instance.app.get(TokenService).issue({ name: 'alice', scopes: ALL });
      const socket = await SocketClient.open(`${instance.wsUrl}/socket/a`, bearer(token));
      await own.kill();
      await waitFor('the outage', async () => (await statusAt(instance.url, token)) === 503);
      expect(socket.ws.readyState).toBe(socket.ws.OPEN);
      await expect(instance.app.get(TokenService).revokeTokensOf('alice')).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: 'The store of revoked tokens cannot reach Redis; try again later',
      });
      await own.restart();
      await waitFor('Redis', () =>
        away.add(makeRevocation({ user: 'alice' }, inAnHour())).then(
          () => true,
          () => false,
        ),
      );
      expect(await socket.closed).toEqual({ code: 3000, reason: 'The token was revoked' });
    } finally {
      await away.close?.();
      await instance.close();
      await own.stop();
    }
  });
});
