import { freePort } from '../support/free-port.js';
import { dataDirectory } from '../support/reference.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { lastWords, MODES } from './support/last-words.js';

describe.each(MODES)('A start in %s with REDIS_URL', (_mode, production) => {
  const directory = dataDirectory();
  let redis: RunningRedis;
  beforeAll(async () => {
    const reader = ['--user', 'reader', 'on', '>secretpw', '~*', '+@read', '+@connection', '+info'];
    redis = await startRedis(['--requirepass', 'right', ...reader]);
  });
  afterAll(async () => {
    await redis.stop();
    directory.remove();
  });
  // What Redis refuses it refuses at once: no deadline is to pass before, on a busy machine either.
  const said = (url: string, node: readonly string[] = []): Promise<string> =>
    lastWords(directory.path, { REDIS_URL: url, REDIS_START_TIMEOUT: '1h' }, { production, node });
  const place = (): string => `127.0.0.1:${redis.port}`;

  it('and without ioredis names the package and how to install it', async () => {
    const hook = `export const resolve = (name, context, next) => {
      if (name !== 'ioredis') return next(name, context);
      throw Object.assign(new Error("Cannot find package 'ioredis' imported from " + context.parentURL), { code: 'ERR_MODULE_NOT_FOUND' });
    };`;
    const register = `import { register } from 'node:module'; register(${JSON.stringify(moduleOf(hook))});`;
    expect(await said('redis://127.0.0.1:1', ['--import', moduleOf(register)])).toBe(
      'REDIS_URL asks for Redis, which needs a further package: npm install ioredis',
    );
  });

  it('of a server that is away names host and port', async () => {
    const port = await freePort();
    const environment = { REDIS_URL: `redis://user:secretpw@127.0.0.1:${port}/0` };
    expect(await lastWords(directory.path, environment, { production })).toMatch(
      new RegExp(
        `^REDIS_URL: The .* got no answer of Redis within 1000 ms at 127\\.0\\.0\\.1:${port} .*is it running\\?$`,
      ),
    );
  });

  it.each([
    ['a wrong password', 'user:secretpw'],
    ['a user who is not there', 'nobody:secretpw'],
    ['no password', ''],
  ])('and %s says at once that the login was refused, without the password', async (_what, login) => {
    expect(await said(`redis://${login && `${login}@`}${place()}`)).toMatch(
      new RegExp(`^REDIS_URL: The .*: Redis at ${place()} refused the login \\(.*\\); check user and password`),
    );
  });

  it('of a database that is not there says so', async () => {
    expect(await said(`redis://:right@${place()}/99`)).toContain(
      `Redis at ${place()} refused the database (ERR DB index is out of range); choose another database`,
    );
  });

  it('and a user who may not write names what Redis says', async () => {
    expect(await said(`redis://reader:secretpw@${place()}`)).toMatch(
      /^REDIS_URL: .* lacks rights that are needed: eval .*\(NOPERM .*\); give them by ACL SETUSER$/,
    );
  });
});

function moduleOf(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}
