import { redisApiKeys, redisLoginLimits, redisTokenRevocations, redisUsers } from '@millrace/auth/redis';
import { redisSources } from '@millrace/connector/redis';

describe.each<[string, (options: object) => unknown]>([
  ['redisApiKeys', redisApiKeys],
  ['redisLoginLimits', redisLoginLimits],
  ['redisSources', redisSources],
  ['redisTokenRevocations', redisTokenRevocations],
  ['redisUsers', redisUsers],
])('%s', (name, make) => {
  it.each<[object, string]>([
    [{ url: 'redis://x', commandTimeout: 'soon' }, 'option "commandTimeout"'],
    [{ url: 'x' }, 'option "url"'],
    [{ ulr: 'redis://x' }, 'option "ulr" is not known; did you mean "url"?'],
    [{ url: 'redis://x', cluster: [{ host: 'x' }] }, 'option "cluster" must not stand beside "url"'],
  ])('refuses the options %j, and names what is wrong', (options, message) => {
    expect(() => make(options)).toThrow(`${name}: ${message}`);
  });
});

it('redisUsers refuses a file that is not a path', () => {
  expect(() => redisUsers({ from: 5 } as object)).toThrow('redisUsers: option "from"');
});
