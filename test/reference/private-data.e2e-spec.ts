import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Millrace } from '../cli/support/millrace.js';
import { dataDirectory, login, startReference } from '../support/reference.js';

/** A process that lets everybody read what it makes, where nothing else is said. */
const OPEN_TO_ALL = { NODE_OPTIONS: '--import data:text/javascript,process.umask(0)' };

/** What is below a folder, itself included, with its rights. */
function rights(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    ['', ...paths].flatMap((path) => {
      // A file that is being replaced has another one beside it for a moment.
      const stats = statSync(join(folder, path), { throwIfNoEntry: false });
      return stats ? [[`${path}${stats.isDirectory() ? '/' : ''}`, (stats.mode & 0o777).toString(8)]] : [];
    }),
  );
}

const wider = (found: Record<string, string>): string[] =>
  Object.entries(found)
    .filter(([path, mode]) => mode !== (path.endsWith('/') ? '700' : '600'))
    .map(([path, mode]) => `${path} ${mode}`);

it('Entries, users, keys, sources and secrets are for their owner only, whatever the umask', async () => {
  const directory = dataDirectory();
  const data = join(directory.path, 'made/data');
  const millrace = new Millrace(OPEN_TO_ALL);
  const reference = await startReference(directory.path, {
    ...OPEN_TO_ALL,
    ...{ MILLRACE_DATA_DIR: data, MILLRACE_DEMO: 'on', TLS_SELF_SIGNED: '1', TLS_PORT: '0' },
  });
  try {
    const headers = { Authorization: `Bearer ${await login(reference.url)}`, 'Content-Type': 'application/json' };
    const call = async (method: string, path: string, body: unknown): Promise<number> =>
      (await fetch(`${reference.url}${path}`, { method, headers, body: JSON.stringify(body) })).status;
    expect(await call('POST', '/keys', { name: 'a', scopes: ['streams:read'] })).toBe(201);
    expect(await call('PUT', '/users/a', { password: 'a long password' })).toBe(200);
    expect(await call('PUT', '/sources/thermostat', { target: 21, interval: 100 })).toBeLessThan(300);

    const environment = { ownProcess: true };
    await millrace.run(['login', reference.url, '--user', 'tester'], { ...environment, input: 'tester\n' });
    await millrace.ok(['push', 'private'], { ...environment, input: 'an entry' });
    const recording = join(millrace.home, 'made/recording');
    await millrace.ok(['pull', 'private', '--after', '0', '--no-follow', '--output', recording], environment);

    // Certificates are for everybody; the folder they lie in is not.
    const { 'tls/cert.pem': cert, 'tls/ca.pem': authority, ...kept } = rights(data);
    expect([cert, authority]).toEqual(['644', '644']);
    expect(Object.keys(kept)).toEqual(
      expect.arrayContaining(['api-keys.json', 'users.json', 'jwt-secret', 'streams/streams.mdb', 'tls/key.pem']),
    );
    expect(Object.keys(kept).filter((path) => path.startsWith('sources/')).length).toBeGreaterThan(1);
    expect(wider(kept)).toEqual([]);
    expect(wider(rights(join(millrace.home, '.millrace')))).toEqual([]);
    const recorded = rights(recording);
    expect(Object.keys(recorded)).toHaveLength(4);
    expect(wider(recorded)).toEqual([]);
  } finally {
    await reference.stop();
    millrace.remove();
    directory.remove();
  }
});
