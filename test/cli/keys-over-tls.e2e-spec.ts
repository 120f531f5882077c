import { mkdirSync, writeFileSync } from 'node:fs';
import { getDefaultAutoSelectFamilyAttemptTimeout, setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { join } from 'node:path';
import { dataDirectory, type RunningReference, startReference } from '../support/reference.js';
import { waitFor } from '../support/waiting.js';
import { Millrace } from './support/millrace.js';

describe('The command millrace with a profile, an API key and TLS', () => {
  const data = dataDirectory();
  const millrace = new Millrace();
  let server: RunningReference;
  let secure: string;
  let id: string;
  beforeAll(async () => {
    server = await startReference(data.path, { TLS_SELF_SIGNED: 'on', TLS_PORT: '0', MILLRACE_DEMO: 'on' });
    secure = await waitFor('the listener with TLS', () => /listening on (https:\S+)/.exec(server.output())?.[1]);
    const made = await millrace.ok(['keys', 'create', 'cli', '--scope', '*', '--json', '--data-dir', data.path]);
    const created = JSON.parse(made) as { id: string; key: string };
    id = created.id;
    mkdirSync(join(millrace.home, '.millrace'));
    writeFileSync(
      join(millrace.home, '.millrace/credentials.yaml'),
      `default:\n  btrdb:\n    endpoints: '${secure}'\n    api_key: '${created.key}'\n`,
    );
    millrace.env['MILLRACE_CA_BUNDLE'] = join(data.path, 'tls/ca.pem');
  });
  afterAll(async () => {
    await server.stop();
    millrace.remove();
    data.remove();
  });

  it('shows which server it is, and whether it takes the key', async () => {
    const [human, program] = [await millrace.ok(['info']), await millrace.ok(['info', '--json'])];
    expect(human).toContain(`server      ${secure}\nversion     5.`);
    expect(human).toContain('credential  from profile "default"');
    expect(JSON.parse(program)).toEqual({
      server: secure,
      majorVersion: 5,
      minorVersion: expect.any(Number) as number,
      build: expect.any(String) as string,
      proxy: { proxyEndpoints: expect.any(Array) as string[] },
    });
  });

  it('pushes, pulls, calls and asks for keys', async () => {
    await millrace.ok(['push', 'secure'], { input: 'over TLS' });
    expect(await millrace.ok(['pull', 'secure', '--no-follow'])).toBe('over TLS');
    expect(await millrace.ok(['call', 'sum', '[1, 2]'])).toBe('3\n');
    expect(await millrace.ok(['keys', 'list'])).toMatch(new RegExp(`^${id} {2}cli `));
    const made = (await millrace.ok(['keys', 'create', 'another', '--scope', 'streams:read'])).trim();
    expect(made).toMatch(/^mr_/);
    const weaker = join(millrace.home, 'weaker.key');
    writeFileSync(weaker, made);
    expect(await millrace.ok(['pull', 'secure', '--no-follow', '--api-key-file', weaker])).toBe('over TLS');
    const refused = await millrace.run(['push', 'secure', '--api-key-file', weaker], { input: 'x' });
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('streams:write:secure')]);
    expect(refused.stderr).not.toContain(made);
  });

  it('keeps the key from other hosts and from plain ports', async () => {
    const plain = await millrace.run(['streams', 'ls', '-e', server.url]);
    expect(plain).toMatchObject({ code: 3, stderr: expect.stringContaining('clear text') as string });
    // "localhost" may have a further address, on which nobody listens: a slow machine must not give up the first one for it.
    const patience = getDefaultAutoSelectFamilyAttemptTimeout();
    setDefaultAutoSelectFamilyAttemptTimeout(60_000);
    const other = await millrace.run(['streams', 'ls', '-e', server.url.replace('127.0.0.1', 'localhost')]);
    setDefaultAutoSelectFamilyAttemptTimeout(patience);
    expect(other).toMatchObject({ code: 5, stderr: expect.stringContaining('is kept back') as string });
  });

  it('trusts nobody else, and is refused once the key is revoked', async () => {
    const distrusting = await millrace.run(['info'], { env: { MILLRACE_CA_BUNDLE: '' } });
    expect([distrusting.code, distrusting.stderr]).toEqual([4, expect.stringMatching(/certificate/i)]);
    await millrace.ok(['keys', 'revoke', id]);
    await waitFor('the refusal', async () => (await millrace.run(['streams', 'ls'])).code === 5);
  });
});
