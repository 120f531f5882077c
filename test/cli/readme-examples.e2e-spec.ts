import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { EXIT } from '@millrace/cli';
import { dataDirectory, type RunningReference, startReference } from '../support/reference.js';
import { waitFor } from '../support/waiting.js';

const ROOT = join(__dirname, '../..');
const README = readFileSync(join(ROOT, 'libs/cli/README.md'), 'utf8');

describe('The README of the command line', () => {
  const data = dataDirectory();
  const home = mkdtempSync(join(tmpdir(), 'millrace-readme-'));
  let server: RunningReference;
  beforeAll(async () => {
    // What the test publishes must outlive the start of some commands.
    server = await startReference(data.path, { MILLRACE_DEMO: 'on', ENTRY_TTL: '300' });
    const command = join(ROOT, 'libs/cli/dist/bin/millrace.js');
    writeFileSync(join(home, 'millrace'), `#!/bin/sh\nexec '${process.execPath}' '${command}' "$@"\n`, { mode: 0o755 });
    await example('Log in');
  });
  afterAll(async () => {
    await server.stop();
    data.remove();
    rmSync(home, { recursive: true });
  });

  /** Runs the shell example under a heading as it stands, but for the port; answers its standard output in lines. */
  async function example(heading: string): Promise<string[]> {
    const section = README.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
    const code = /```sh\n([\s\S]*?)```/.exec(section)?.[1];
    if (!code) throw new Error(`There is no example under "${heading}"`);
    const env = { PATH: `${home}${delimiter}${process.env['PATH'] ?? ''}`, HOME: home };
    const script = code.replaceAll('localhost:7890', new URL(server.url).host);
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd: home, env });
    return stdout.trimEnd().split('\n');
  }

  it('pushes and pulls', async () => {
    expect(await example('Push and pull')).toEqual(['hello', '100000', 'a', 'b']);
  });

  it('records and replays', async () => {
    expect(await example('Record and replay')).toEqual(['picture 1', 'picture 2', 'picture 3']);
    expect(existsSync(join(home, 'recording/index.jsonl'))).toBe(true);
  });

  it('speaks JSON', async () => {
    const [pushed, pulled, info, ended, removed] = (await example('For programs')).map(
      (line) => JSON.parse(line) as unknown,
    );
    expect(pushed).toMatchObject({ stream: 'sensor', size: 18 });
    expect(pulled).toMatchObject({ stream: 'sensor', data: { celsius: 21.5 } });
    expect(info).toMatchObject({ stream: 'sensor', length: 1 });
    expect(ended).toMatchObject([{ stream: 'sensor' }]);
    expect(removed).toEqual([{ stream: 'sensor', entries: 1 }]);
  });

  it('calls methods', async () => {
    expect(await example('Call methods')).toEqual(['6', '9', '"done"']);
  });

  it('lists connections, and queries sources', async () => {
    const { url } = server;
    await waitFor('the thermostat', async () => {
      const token = (JSON.parse(readFileSync(join(home, '.millrace/tokens.json'), 'utf8')) as Tokens).servers[url]
        ?.token;
      const answer = await fetch(`${url}/sources`, { headers: { Authorization: `Bearer ${token}` } });
      return (await answer.text()).includes('"connected"');
    });
    const connection = { uid: 'trigger-1', uri: 'tcp://host:1', data_type: 'TPSet', connection_type: 1 };
    const body = JSON.stringify({ partition: 'session-1', connections: [connection] });
    await fetch(`${url}/publish`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
    const lines = await example('Registry and sources');
    expect(lines).toEqual(
      expect.arrayContaining(['session-1  1', 'trigger-1  tcp://host:1  TPSet  publish and subscribe']),
    );
    expect(lines.at(-1)).toContain('"temperature"');
  });

  it('makes keys and users', async () => {
    const lines = await example('For operators');
    expect(readFileSync(join(home, 'camera-1.key'), 'utf8')).toMatch(/^mr_\w+_[\w-]+\n$/);
    expect(lines[0]).toMatch(/^\S+ {2}camera-1 {2}streams:write:camera\* {2}until /);
    expect(lines.slice(-2)).toEqual(['Removed alice', 'Revoked the tokens of bob']);
    expect(statSync(join(home, 'data/users.json')).mode & 0o077).toBe(0);
  });

  it('names every exit code', () => {
    const section = README.split(/^## /m).find((text) => text.startsWith('Exit codes')) ?? '';
    for (const code of Object.values(EXIT)) expect(section).toMatch(new RegExp(`(\\| |; )${code} `));
  });
});

interface Tokens {
  readonly servers: Readonly<Record<string, { readonly token: string }>>;
}
