import { freePort } from '../support/free-port.js';
import { CertificateMaker } from '../support/certificates.js';
import { dataDirectory, login, type RunningReference, startReference } from '../support/reference.js';
import { startRedis } from '../support/redis.js';
import { variablesOf } from '../support/redis-variables.js';
import { TOPOLOGIES } from '../support/redis-topologies.js';
import { lastWords } from './support/last-words.js';

/** Pushes an entry and reads it back, and sets the document of a source. */
async function use({ url }: RunningReference): Promise<void> {
  const token = await login(url);
  const headers = { authorization: `Bearer ${token}` };
  const form = new FormData();
  form.append('entries', new Blob(['hello']), 'entry');
  expect(await fetch(`${url}/data/s`, { method: 'POST', headers, body: form })).toMatchObject({ status: 200 });
  expect(await (await fetch(`${url}/data/s`, { headers })).text()).toContain('hello');
  const put = { method: 'PUT', headers, body: '{"room":"lab"}' };
  expect(await fetch(`${url}/sources/oven`, put)).toMatchObject({ status: 204 });
  const health = (await (await fetch(`${url}/health`)).json()) as { status: string; info: Record<string, unknown> };
  expect(health).toMatchObject({
    info: { streams: { status: 'up' }, connectivity: { status: 'up' }, redis: { status: 'up' } },
  });
}

describe('The reference application', () => {
  const directory = dataDirectory();
  afterAll(() => directory.remove());

  it.each(TOPOLOGIES)('keeps its data in $topology, behind the prefix that is set', async ({ start }) => {
    const redis = await start();
    const environment = { ...variablesOf(redis.way), REDIS_KEY_PREFIX: 'hub:' };
    const running = await startReference(directory.path, environment);
    expect(running.output()).toContain('MILLRACE_JWT_SECRET is the same for all on one Redis');
    await use(running);
    const keys = (await redis.onPrimaries((primary) => primary.keys('*'))).flat();
    expect(keys).toEqual(expect.arrayContaining(['hub:s', 'hub:{millrace:sources}:documents']));
    expect(keys.filter((key) => !key.startsWith('hub:'))).toEqual([]);
    expect(await running.stop()).toBe(0);
    await redis.stop();
  });

  it('reaches Redis by TLS with the authority that is named, and ends where it is not known', async () => {
    const maker = await CertificateMaker.create();
    const certificate = await maker.make({ subjectAltName: 'IP:127.0.0.1' });
    const port = await freePort();
    const keyFile = certificate.certFile.replace(/crt$/, 'key');
    const redis = await startRedis([
      ...['--tls-port', String(port), '--tls-auth-clients', 'no', '--tls-ca-cert-file', certificate.certFile],
      ...['--tls-cert-file', certificate.certFile, '--tls-key-file', keyFile],
    ]);
    const url = { REDIS_URL: `rediss://127.0.0.1:${port}` };
    expect(await lastWords(directory.path, { ...url, REDIS_START_TIMEOUT: '1h' })).toMatch(
      new RegExp(
        `^REDIS_URL: .*: Redis at 127.0.0.1:${port} showed a certificate that is not trusted \\(.*SIGNED.*\\); give`,
      ),
    );
    const running = await startReference(directory.path, { ...url, REDIS_TLS_CA: certificate.certFile });
    await use(running);
    await running.stop();
    await redis.stop();
    await maker.remove();
  });

  it('waits for a Redis that comes later, where it is told to', async () => {
    const redis = await startRedis();
    await redis.kill();
    const starting = startReference(directory.path, { REDIS_URL: redis.url, REDIS_START_TIMEOUT: '1h' });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await redis.restart();
    const running = await starting;
    await use(running);
    await running.stop();
    await redis.stop();
  });

  it.each([
    ['Sentinels', { REDIS_MASTER: 'mymaster' }, 'REDIS_SENTINELS', 'unreachable'],
    ['a cluster', {}, 'REDIS_CLUSTER', 'closed'],
  ])('ends where %s cannot be reached, and names them', async (_what, more, variable, reason) => {
    const place = `127.0.0.1:${await freePort()}`;
    expect(await lastWords(directory.path, { [variable]: place, ...more })).toMatch(
      new RegExp(
        `^${variable}: The .* got no answer of Redis within 1000 ms at ${place}.*${reason}.*; is it running\\?$`,
      ),
    );
  });

  it.each([
    [{ REDIS_SENTINELS: '127.0.0.1:1' }, 'REDIS_MASTER is needed with REDIS_SENTINELS'],
    [{ REDIS_URL: 'redis://a', REDIS_CLUSTER: 'b:1' }, 'REDIS_CLUSTER must not stand beside REDIS_URL'],
    [{ REDIS_CLUSTER: 'nowhere' }, 'REDIS_CLUSTER is not valid: "nowhere" is not a list of addresses'],
    [{ REDIS_CLUSTER: '127.0.0.1:1', REDIS_DB: '3' }, 'sharedRedis: option "db" must be 0'],
    [{ MILLRACE_STORE: 'redis' }, 'REDIS_URL, REDIS_SENTINELS or REDIS_CLUSTER is needed'],
    [{ REDIS_URL: 'rediss://127.0.0.1', REDIS_TLS_CA: '/nowhere.pem' }, '/nowhere.pem'],
    [{ REDIS_URL: 'redis://127.0.0.1', REDIS_TLS_KEY: 'k.pem' }, 'REDIS_TLS_CERT and REDIS_TLS_KEY belong together'],
  ])('says what is wrong with %j', async (variables, said) => {
    expect(await lastWords(directory.path, variables)).toContain(said);
  });
});
