import { makeRevocation } from '@millrace/accounts/tokens';
import { redisApiKeys, redisLoginLimits, redisTokenRevocations, redisUsers } from '@millrace/auth/redis';
import { redisSources } from '@millrace/connector/redis';
import { type RunningRedis, startRedis } from '../support/redis.js';

/** A store, and each of its calls. */
interface Subject {
  close(): Promise<void> | undefined;
  readonly calls: readonly (() => Promise<unknown>)[];
}

/** No answer would come before the test is over. */
const commandTimeout = '1h';

const SUBJECTS: Readonly<Record<string, (url: string) => Subject>> = {
  'The store of users': (url) => {
    const store = redisUsers({ url, commandTimeout });
    const user = { name: 'a', password: 'correct horse' };
    return {
      close: () => store.close?.(),
      calls: [
        () => store.list(),
        () => store.verify('a', 'b'),
        () => store.add(user),
        () => store.remove('a'),
        () => store.revocations.list(),
      ],
    };
  },
  'The store of API keys': (url) => {
    const store = redisApiKeys({ url, commandTimeout });
    return {
      close: () => store.close?.(),
      calls: [() => store.list(), () => store.find('a'), () => store.revoke('a')],
    };
  },
  'The store of revoked tokens': (url) => {
    const store = redisTokenRevocations({ url, commandTimeout });
    const revocation = makeRevocation({ user: 'a' }, null);
    return { close: () => store.close?.(), calls: [() => store.list(), () => store.add(revocation)] };
  },
  'The store of sources': (url) => {
    const store = redisSources({ url, commandTimeout });
    return {
      close: () => store.close?.(),
      calls: [() => store.names(), () => store.get('a'), () => store.put('a', {}), () => store.delete('a')],
    };
  },
  'The limit of logins': (url) => {
    const limits = redisLoginLimits({ url, commandTimeout });
    return { close: () => limits.close?.(), calls: [() => limits.begin('a', { limit: 1, ttl: 1000 })] };
  },
};

describe.each(Object.keys(SUBJECTS))('%s in Redis', (name) => {
  let redis: RunningRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it.each([
    ['after use', true],
    ['before use', false],
  ])('says at once that it is closed, when it was closed %s', async (_when, used) => {
    const subject = SUBJECTS[name]?.(redis.url);
    if (!subject) throw new Error(name);
    const { calls } = subject;
    if (used) await calls[0]?.();
    await subject.close();
    await subject.close();
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringContaining(`${name} is closed`),
      });
    }
  });
});
