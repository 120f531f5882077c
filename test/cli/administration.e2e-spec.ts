import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataDirectory, type RunningReference, startReference } from '../support/reference.js';
import { waitFor } from '../support/waiting.js';
import { Millrace, printed } from './support/millrace.js';

describe('The command millrace for registry, sources and keys', () => {
  const data = dataDirectory();
  const folder = mkdtempSync(join(tmpdir(), 'millrace-files-'));
  const millrace = new Millrace();
  let server: RunningReference;
  beforeAll(async () => {
    server = await startReference(data.path, { MILLRACE_DEMO: 'on', ENTRY_TTL: '300' });
    await millrace.login(server.url);
  });
  afterAll(async () => {
    await server.stop();
    millrace.remove();
    data.remove();
    rmSync(folder, { recursive: true });
  });

  async function publish(uid: string, port = 1): Promise<void> {
    const connection = { uid, uri: `tcp://host:${port}`, data_type: 'TPSet', connection_type: 1 };
    const body = JSON.stringify({ partition: 'session 1', connections: [connection] });
    await fetch(`${server.url}/publish`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
  }

  it('lists partitions and connections', async () => {
    await publish('trigger');
    await publish('readout');
    expect(JSON.parse(await millrace.ok(['connections', 'ls', '--json']))).toContainEqual({
      name: 'session 1',
      entries: 2,
    });
    expect(await millrace.ok(['connections', 'ls', 'session 1'])).toBe(
      'trigger  tcp://host:1  TPSet  publish and subscribe\nreadout  tcp://host:1  TPSet  publish and subscribe\n',
    );
    const args = ['connections', 'ls', 'session 1', '--match', 'tri.*', '--type', 'TPSet', '--json'];
    expect(JSON.parse(await millrace.ok(args))).toMatchObject([{ uid: 'trigger', dataType: 'TPSet' }]);
    expect(await millrace.ok(['connections', 'ls', 'unknown'])).toBe('');
    expect((await millrace.run(['connections', 'ls', 'session 1', '--match', '(?=x)'])).code).toBe(7);
  });

  it('watches what comes and changes, until it is ended', async () => {
    const people = millrace.start(['connections', 'watch', 'session 1']);
    const program = millrace.start(['connections', 'watch', 'session 1', '--json']);
    await printed(people, 'present');
    await printed(program, 'snapshot');
    await publish('late');
    await printed(people, 'published  late  tcp://host:1  TPSet');
    await printed(program, '"type":"published"');
    await publish('late', 2);
    await printed(people, 'changed    late  tcp://host:2  TPSet');
    await printed(program, '"changed"');
    people.child.kill('SIGINT');
    program.child.kill('SIGINT');
    expect(await people.ended).toMatchObject({ code: 130, stderr: '' });
    const events = (await program.ended).stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'changed', connection: expect.objectContaining({ uri: 'tcp://host:2' }) }),
    );
  });

  it('lists and queries sources', async () => {
    await waitFor('the thermostat', async () =>
      /^thermostat {2,}connected/m.test(await millrace.ok(['sources', 'ls'])),
    );
    const rows = (await millrace.ok(['sources', 'query', 'thermostat', '{}'])).trim().split('\n');
    expect(JSON.parse(rows[0] ?? '')).toMatchObject({ temperature: expect.any(Number) as number });
    expect(JSON.parse(await millrace.ok(['sources', 'ls', '--json']))).toMatchObject([{ name: 'thermostat' }]);
    expect(await millrace.run(['sources', 'query', 'nobody'])).toMatchObject({
      code: 7,
      stderr: 'error: There is no source nobody\n',
    });
  });

  it.each(['of a running server', 'in a data folder'])('makes, lists and revokes keys %s', async (where) => {
    const at = where.includes('folder') ? ['--data-dir', folder] : [];
    const made = await millrace.run([
      'keys',
      'create',
      'cam',
      '--scope',
      'streams:write:cam*',
      '--expires',
      '90d',
      ...at,
    ]);
    expect(made.code).toBe(0);
    const key = made.stdout.toString().trim();
    const [, id = ''] = /^mr_([^_]+)_/.exec(key) ?? [];
    expect(made.stderr).toContain(`Made the key ${id}; may do: streams:write:cam*; until `);
    expect(made.stderr).not.toContain(key);
    const list = await millrace.ok(['keys', 'list', '--json', ...at]);
    expect(JSON.parse(list)).toMatchObject([{ id, name: 'cam', scopes: ['streams:write:cam*'], lastUsed: null }]);
    expect(list).not.toContain(key);
    expect(await millrace.ok(['keys', 'list', ...at])).toMatch(
      /^\S+ {2}cam {2}streams:write:cam\* {2}until .* never used\n$/,
    );
    expect(await millrace.ok(['keys', 'revoke', id, ...at])).toBe(`Revoked ${id}\n`);
    expect(await millrace.run(['keys', 'revoke', id, ...at])).toMatchObject({ code: 7 });
    expect(JSON.parse(await millrace.ok(['keys', 'list', '--json', ...at]))).toEqual([]);
  });

  it('tells a program everything about a new key', async () => {
    const made = await millrace.ok(['keys', 'create', 'for a program', '--scope', '*', '--json'], {
      env: { MILLRACE_DATA_DIR: folder },
    });
    expect(JSON.parse(made)).toMatchObject({
      name: 'for a program',
      scopes: ['*'],
      key: expect.stringMatching(/^mr_/) as string,
    });
    const unsaid = await millrace.run(['keys', 'create', 'x', '--data-dir', folder]);
    expect([unsaid.code, unsaid.stderr]).toEqual([2, expect.stringContaining("keys create x --scope 'streams:read")]);
    expect((await millrace.run(['keys', 'create', ' x', '--scope', 'rpc', '--data-dir', folder])).code).toBe(2);
    expect(
      (await millrace.run(['keys', 'create', 'x', '--scope', 'rpc', '--expires', 'soon', '--data-dir', folder])).code,
    ).toBe(2);
  });
});

describe('The command millrace for users of a server in production', () => {
  const data = dataDirectory();
  const [operator, clerk, fresh] = [new Millrace(), new Millrace(), new Millrace()];
  const password = { input: 'correct horse\n' };
  let server: RunningReference;
  beforeAll(async () => {
    const at = ['--data-dir', data.path];
    await operator.ok(['users', 'add', 'operator', '--scope', '*', ...at], password);
    await operator.ok(['users', 'add', 'clerk', '--scope', 'users:admin', '--scope', 'streams:read', ...at], password);
    server = await startReference(data.path, { NODE_ENV: 'production', MILLRACE_JWT_SECRET: 'x'.repeat(40) });
    await operator.ok(['login', server.url, '-u', 'operator'], password);
    await clerk.ok(['login', server.url, '-u', 'clerk'], password);
  });
  afterAll(async () => {
    await server.stop();
    for (const one of [operator, clerk, fresh]) one.remove();
    data.remove();
  });

  it('adds them, lists them, and removes them', async () => {
    const added = await clerk.ok(['users', 'add', 'new one/é', '--scope', 'streams:read:cam*'], password);
    expect(added).toBe('Added new one/é; may do: streams:read:cam*\n');
    const users = JSON.parse(await clerk.ok(['users', 'list', '--json'])) as { name: string }[];
    expect(users.map(({ name }) => name)).toEqual(['clerk', 'new one/é', 'operator']);
    await fresh.ok(['login', server.url, '-u', 'new one/é'], password);
    expect((await fresh.run(['users', 'list'])).code).toBe(5);
    await operator.ok(['users', 'remove', 'new one/é']);
    expect((await operator.run(['users', 'remove', 'new one/é'])).code).toBe(7);
    expect((await fresh.run(['login', server.url, '-u', 'new one/é'], password)).code).toBe(5);
  });

  it.each([
    [['users', 'add', 'more', '--scope', 'rpc']],
    [['users', 'add', 'everything', '--scope', '*']],
    [['users', 'add', 'operator', '--scope', 'streams:read']],
    [['users', 'remove', 'operator']],
  ])('lets nobody give more than they hold, nor touch who holds more: %j', async (args) => {
    expect((await clerk.run(args, password)).code).toBe(5);
  });

  it('gives nobody everything unless it is said, and keeps the scopes with a new password', async () => {
    const unsaid = await operator.run(['users', 'add', 'new'], password);
    expect([unsaid.code, unsaid.stderr]).toEqual([2, expect.stringContaining("users add new --scope 'streams:read")]);
    await operator.ok(['users', 'add', 'new', '--scope', 'rpc'], password);
    expect(await operator.ok(['users', 'add', 'new'], { input: 'another one\n' })).toBe('Changed new; may do: rpc\n');
    await operator.ok(['users', 'remove', 'new']);
  });

  it('refuses a password that is too short', async () => {
    const { code, stderr } = await operator.run(['users', 'add', 'short', '--scope', 'rpc'], { input: 'short\n' });
    expect([code, stderr]).toEqual([7, expect.stringContaining('8 to 1024 characters')]);
  });
});
