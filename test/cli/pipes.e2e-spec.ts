import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataDirectory, type RunningReference, startReference } from '../support/reference.js';
import { Millrace, printed } from './support/millrace.js';

describe('The command millrace in pipes', () => {
  const data = dataDirectory();
  const files = mkdtempSync(join(tmpdir(), 'millrace-files-'));
  const millrace = new Millrace();
  let server: RunningReference;
  beforeAll(async () => {
    server = await startReference(data.path, { MILLRACE_DEMO: 'on' });
    await millrace.login(server.url);
  });
  afterAll(async () => {
    await server.stop();
    millrace.remove();
    data.remove();
    rmSync(files, { recursive: true });
  });

  const jsonLines = (text: string): Record<string, unknown>[] =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('keeps the token of a login where only its owner can read it, and nowhere else', async () => {
    const path = join(millrace.home, '.millrace/tokens.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(millrace.home, '.millrace')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(millrace.home, '.millrace')).sort()).toEqual(['tokens.json', 'tokens.json.lock']);
    const { stdout, stderr } = await millrace.run(['streams', 'ls', '-v']);
    const { servers } = JSON.parse(readFileSync(path, 'utf8')) as { servers: Record<string, { token: string }> };
    expect(servers[server.url]?.token).toMatch(/^ey/);
    expect(stderr).toContain('login of tester');
    expect(`${stdout.toString()}${stderr}`).not.toContain(servers[server.url]?.token);
  });

  it('pushes standard input and pulls it back byte for byte', async () => {
    const bytes = randomBytes(3_000_017);
    await millrace.ok(['push', 'bytes', '--split', '64k'], { input: bytes });
    const { code, stdout } = await millrace.run(['pull', 'bytes', '--no-follow']);
    expect(code).toBe(0);
    expect(stdout.equals(bytes)).toBe(true);
  });

  it('stream-store#94: shares the entries of a stream with the other consumers of a group', async () => {
    await millrace.ok(['push', 'shared', '--lines'], { input: Buffer.from('a\nb\nc\n') });
    const pull = ['pull', 'shared', '--group', 'g', '--after', '0', '--lines', '--count'];
    expect(await millrace.ok([...pull, '2'])).toBe('a\nb\n');
    expect(await millrace.ok([...pull, '1'])).toBe('c\n');
  });

  it('pushes files, each as one entry', async () => {
    const [one, two] = [randomBytes(5), randomBytes(70_000)];
    writeFileSync(join(files, 'one'), one);
    writeFileSync(join(files, 'two'), two);
    const pushed = jsonLines(await millrace.ok(['push', 'files', join(files, 'one'), join(files, 'two'), '--json']));
    expect(pushed).toEqual([
      { stream: 'files', id: expect.stringMatching(/^\d+-\d+$/), size: 5, file: join(files, 'one') },
      { stream: 'files', id: expect.stringMatching(/^\d+-\d+$/), size: 70_000, file: join(files, 'two') },
    ]);
    const { stdout } = await millrace.run(['pull', 'files', '--no-follow']);
    expect(stdout.equals(Buffer.concat([one, two]))).toBe(true);
  });

  it('tells of each line as soon as it is stored, while more is awaited', async () => {
    const push = millrace.start(['push', 'log', '--lines', '--json']);
    push.child.stdin.write('first\nsecond\n');
    await printed(push, '"size":6');
    push.child.stdin.end('third');
    const { code, stdout } = await push.ended;
    expect(code).toBe(0);
    expect(jsonLines(stdout.toString()).map(({ size }) => size)).toEqual([5, 6, 5]);
    expect(await millrace.ok(['pull', 'log', '--no-follow', '--lines'])).toBe('first\nsecond\nthird\n');
  });

  it('writes JSON lines that hold every byte', async () => {
    const bytes = randomBytes(1000);
    await millrace.ok(['push', 'json'], { input: bytes });
    await millrace.ok(['push', 'json'], { input: '{"celsius": 21.5}' });
    const [raw] = jsonLines(await millrace.ok(['pull', 'json', '--no-follow', '--json']));
    expect(raw).toMatchObject({ stream: 'json', size: 1000, encoding: 'base64', data: bytes.toString('base64') });
    const [first, second] = jsonLines(
      await millrace.ok(['pull', 'json', '--no-follow', '--json', '--encoding', 'json']),
    );
    expect(first).toMatchObject({ encoding: 'base64' });
    expect(second).toMatchObject({ encoding: 'json', data: { celsius: 21.5 } });
  });

  it('has entries converted, and says which cannot be', async () => {
    await millrace.ok(['push', 'mixed', '--lines'], { input: '{ "a": 1e400 }\nno JSON\n[ 2 ]\n' });
    const { code, stdout, stderr } = await millrace.run([
      'pull',
      'mixed',
      '--no-follow',
      '--lines',
      '--convert',
      'json',
    ]);
    expect([code, stdout.toString()]).toEqual([0, '{"a":1e400}\n[2]\n']);
    expect(stderr).toMatch(
      /^warning: the entry \d+-\d+ of mixed \(7 B\) cannot be converted to json; it is left out\n$/,
    );
  });

  it('ends after a number of entries, and after a time', async () => {
    await millrace.ok(['push', 'counted', '--lines'], { input: '1\n2\n3\n4\n' });
    expect(await millrace.ok(['pull', 'counted', '-a', '0', '-n', '2', '--lines'])).toBe('1\n2\n');
    let pulled = '';
    // On a slow machine the first of these times may be over before all has come.
    for (const time of ['3s', '12s', '48s']) {
      pulled = await millrace.ok(['pull', 'counted', '-a', '0', '--for', time, '--lines']);
      expect('1\n2\n3\n4\n').toMatch(new RegExp(`^${pulled}`));
      if (pulled.includes('4')) break;
    }
    expect(pulled).toBe('1\n2\n3\n4\n');
    expect(await millrace.ok(['pull', 'nobody-pushed-here', '--no-follow'])).toBe('');
  });

  it('follows what comes, from the next entry on', async () => {
    await millrace.ok(['push', 'live'], { input: 'before' });
    const pull = millrace.start(['pull', 'live', '-n', '1', '-v']);
    let over = false;
    const ended = pull.ended.finally(() => (over = true));
    // One after the other: on a slow machine they would pile up.
    while (!over) await millrace.run(['push', 'live'], { input: 'after' });
    expect((await ended).stdout.toString()).toBe('after');
  });

  it('ends quietly and with 0 when the reader has enough', async () => {
    await millrace.ok(['push', 'long', '--lines'], { input: `${'x'.repeat(1000)}\n`.repeat(900) });
    const pull = millrace.start(['pull', 'long', '-a', '0', '--lines']);
    await once(pull.child.stdout, 'data');
    pull.child.stdout.destroy();
    let over = false;
    const ended = pull.ended.finally(() => (over = true));
    // All that there was may have been written by now, and only who writes hears that nobody reads.
    while (!over) await millrace.run(['push', 'long'], { input: 'more' });
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends by %s with %i, with all it has written, and says nothing', async (signal, code) => {
    await millrace.ok(['push', `ended-${signal}`], { input: 'kept' });
    const pull = millrace.start(['pull', `ended-${signal}`, '-a', '0', '--lines']);
    await printed(pull, 'kept');
    pull.child.kill(signal);
    expect(await pull.ended).toMatchObject({ code, stderr: '' });
    const push = millrace.start(['push', `ended-${signal}`, '--lines', '--json']);
    push.child.stdin.write('a line\n');
    await printed(push, '"size":6');
    push.child.kill(signal);
    expect(await push.ended).toMatchObject({ code, stderr: '' });
  });

  it('pushes a folder of pictures in the order of their numbers, at a rate', async () => {
    const folder = join(files, 'pictures');
    mkdirSync(folder);
    for (const name of ['10.jpg', '9.jpg', '1.png', 'notes.txt', '.hidden.jpg'])
      writeFileSync(join(folder, name), name);
    const started = performance.now();
    const pushed = jsonLines(await millrace.ok(['push', 'pictures', folder, '--rate', '5', '--json']));
    expect(performance.now() - started).toBeGreaterThan(390);
    expect(pushed.map(({ file }) => file)).toEqual(['1.png', '9.jpg', '10.jpg'].map((name) => join(folder, name)));
    expect(await millrace.ok(['pull', 'pictures', '--no-follow', '--lines'])).toBe('1.png\n9.jpg\n10.jpg\n');
  });

  it('records to files, under names that lead nowhere else, and replays them', async () => {
    const recording = join(files, 'recording');
    const stream = 'odd name:..';
    await millrace.ok(['push', stream, '--lines'], { input: 'one\n{"n": 2}\n' });
    await millrace.ok(['pull', stream, '--no-follow', '-o', recording]);
    const index = jsonLines(readFileSync(join(recording, 'index.jsonl'), 'utf8'));
    const ids = index.map(({ id }) => String(id));
    expect(index.map(({ file }) => file)).toEqual([
      `odd%20name%3A%2E%2E/${ids[0]}.txt`,
      `odd%20name%3A%2E%2E/${ids[1]}.json`,
    ]);
    expect(readFileSync(join(recording, String(index[1]?.['file'])), 'utf8')).toBe('{"n": 2}');
    const replayed = jsonLines(await millrace.ok(['replay', recording, '--to', 'replayed', '--json']));
    expect(replayed.map(({ from }) => from)).toEqual(ids);
    expect(await millrace.ok(['pull', 'replayed', '--no-follow', '--lines'])).toBe('one\n{"n": 2}\n');
  });

  it('records streams of the longest names to folders of their own', async () => {
    const recording = join(files, 'long-names');
    const streams = ['a', 'b'].map((end) => '\u00e9'.repeat(255) + end);
    for (const stream of streams) await millrace.ok(['push', stream], { input: stream });
    await millrace.ok(['pull', ...streams, '--no-follow', '-o', recording]);
    const index = jsonLines(readFileSync(join(recording, 'index.jsonl'), 'utf8'));
    expect(new Set(index.map(({ file }) => file)).size).toBe(2);
    await millrace.ok(['streams', 'rm', ...streams, '--yes']);
    await millrace.ok(['replay', recording]);
    for (const stream of streams) expect(await millrace.ok(['pull', stream, '--no-follow'])).toBe(stream);
  });

  it('replays at the pace of the recording, or so many times as fast', async () => {
    /** When each was stored, in milliseconds since the command began: a slow machine may be late, and nobody early. */
    const timesOf = async (pause: number, ...options: string[]): Promise<number[]> => {
      const recording = ['1000-0', '1000-1', `${1000 + pause}-0`, `${1000 + 2 * pause}-0`]
        .map((id) => JSON.stringify({ stream: 'paced', id, data: id, encoding: 'utf8' }))
        .join('\n');
      const from = Date.now();
      const lines = jsonLines(await millrace.ok(['replay', '-', '--json', ...options], { input: recording }));
      return lines.map(({ id }) => Number(String(id).split('-')[0]) - from);
    };
    const [, , third, fourth] = await timesOf(1500);
    expect(third).toBeGreaterThan(1490);
    expect(fourth).toBeGreaterThan(2990);
    const [, , quickThird, quickFourth] = await timesOf(60_000, '--speed', '40');
    expect(quickThird).toBeGreaterThan(1490);
    expect(quickFourth).toBeGreaterThan(2990);
    // Half of what was recorded.
    expect(quickFourth).toBeLessThan(60_000);
  });

  it('replays a recording of JSON lines from a pipe', async () => {
    const bytes = randomBytes(2000);
    await millrace.ok(['push', 'source', '--split', '500'], { input: bytes });
    const recording = await millrace.ok(['pull', 'source', '--no-follow', '--json']);
    await millrace.ok(['replay', '-', '--to', 'target', '--speed', '100'], { input: recording });
    const { stdout } = await millrace.run(['pull', 'target', '--no-follow']);
    expect(stdout.equals(bytes)).toBe(true);
  });

  it('replays the bytes that were recorded, whatever they are and however they were recorded', async () => {
    const entries = [
      ...[
        '[1e400, -0]',
        '\ufeff{"bom": 1}',
        '{"a": 1,\r\n "a": 2}\r\n',
        '"\\ud800\u2028"',
        'NaN',
        'text\r\n',
        '\u2028',
      ],
      ...[Buffer.alloc(0), Buffer.from([0xff, 0xfe, 0x00, 0x0a]), randomBytes(1000)],
    ].map((data) => Buffer.from(data as string));
    const names = entries.map((data, place) => {
      const name = join(files, `entry-${place}`);
      writeFileSync(name, data);
      return name;
    });
    await millrace.ok(['push', 'all-kinds', ...names]);
    const folder = join(files, 'all-kinds');
    await millrace.ok(['pull', 'all-kinds', '--no-follow', '-o', folder]);
    await millrace.ok(['replay', folder, '--to', 'again-folder']);
    for (const encoding of ['base64', 'utf8', 'json']) {
      const lines = ['pull', 'all-kinds', '--no-follow', '--json', '--encoding', encoding];
      await millrace.ok(['replay', '-', '--to', `again-${encoding}`], { input: await millrace.ok(lines) });
    }
    for (const way of ['folder', 'base64', 'utf8', 'json']) {
      const again = jsonLines(await millrace.ok(['pull', `again-${way}`, '--no-follow', '--json']));
      expect(again.map(({ data }) => data)).toEqual(entries.map((data) => data.toString('base64')));
    }
  });

  it('lists, describes and removes streams', async () => {
    await millrace.ok(['push', 'kept'], { input: 'x' });
    await millrace.ok(['push', 'to-remove', '--lines'], { input: 'a\nb\n' });
    expect((await millrace.ok(['streams', 'ls'])).split('\n')).toEqual(expect.arrayContaining(['kept', 'to-remove']));
    expect(JSON.parse(await millrace.ok(['streams', 'ls', '--json']))).toContain('to-remove');
    expect(await millrace.ok(['streams', 'ls', '--long'])).toMatch(/^to-remove {2,}2 {2,}/m);
    expect(JSON.parse(await millrace.ok(['streams', 'info', 'to-remove', '--json']))).toMatchObject({ length: 2 });
    expect((await millrace.run(['streams', 'rm', 'to-remove'])).code).toBe(2);
    expect(await millrace.ok(['streams', 'rm', 'to-remove', '--yes'])).toBe('Removed to-remove, 2 entries\n');
    const gone = await millrace.run(['streams', 'rm', 'to-remove', '--yes']);
    expect(gone).toMatchObject({ code: 7, stderr: 'error: There is no stream "to-remove"\n' });
    expect((await millrace.run(['streams', 'info', 'to-remove'])).code).toBe(7);
  });

  it('ends streams for good, and a pull of them ends by itself', async () => {
    await millrace.ok(['push', 'to-end', '--lines'], { input: 'a\nb\n' });
    const pulled = millrace.ok(['pull', 'to-end', '--after', '0', '--lines']);
    expect((await millrace.run(['streams', 'end', 'to-end'])).code).toBe(2);
    expect(await millrace.ok(['streams', 'end', 'to-end', '--yes'])).toBe('Ended to-end, 2 entries\n');
    expect(await pulled).toBe('a\nb\n');
    expect((await millrace.run(['push', 'to-end'], { input: 'x' })).stderr).toContain('has ended');
    expect(JSON.parse(await millrace.ok(['streams', 'info', 'to-end', '--json']))).toMatchObject({ ended: true });
    expect((await millrace.run(['streams', 'end', 'never', '--yes'])).code).toBe(7);
  });

  it('calls methods, with params from the command line, a file, or standard input', async () => {
    writeFileSync(join(files, 'params.json'), '[4, 5, 6]');
    expect(await millrace.ok(['call', 'sum', '[1, 2, 3]'])).toBe('6\n');
    expect(await millrace.ok(['call', 'sum', `@${join(files, 'params.json')}`])).toBe('15\n');
    expect(await millrace.ok(['call', 'sum', '-', '--json'], { input: '[7, 8]' })).toBe('15\n');
    expect(await millrace.ok(['call', 'get_data'])).toBe('["hello",5]\n');
    expect(await millrace.ok(['call', 'nothing'])).toBe('null\n');
    expect(await millrace.run(['call', 'update', '[1]', '--notify'])).toMatchObject({
      code: 0,
      stderr: 'Notified update\n',
    });
  });

  it('sends and receives bytes with a call', async () => {
    const bytes = randomBytes(5000);
    writeFileSync(join(files, 'sent'), bytes);
    const answer = await millrace.ok([
      'call',
      'echo-binary',
      '--binary',
      join(files, 'sent'),
      '-o',
      join(files, 'got'),
    ]);
    expect(answer).toBe('{"size":5000}\n');
    expect(readFileSync(join(files, 'got')).equals(bytes)).toBe(true);
  });

  it('keeps users in a data folder', async () => {
    const folder = join(files, 'data');
    const env = { MILLRACE_DATA_DIR: folder };
    const added = await millrace.ok(['users', 'add', 'alice', '--scope', 'streams:read:cam*', '--scope', 'rpc'], {
      input: 'correct horse\n',
      env,
    });
    expect(added).toBe('Added alice; may do: streams:read:cam* rpc\n');
    await millrace.ok(['users', 'add', 'bob', '--scope', '*', '--data-dir', folder], { input: 'correct horse\n' });
    expect(JSON.parse(await millrace.ok(['users', 'list', '--json'], { env }))).toMatchObject([
      { name: 'alice', scopes: ['streams:read:cam*', 'rpc'] },
      { name: 'bob', scopes: ['*'] },
    ]);
    expect(await millrace.ok(['users', 'remove', 'bob'], { env })).toBe('Removed bob\n');
    expect((await millrace.run(['users', 'remove', 'bob'], { env })).code).toBe(7);
    expect((await millrace.run(['users', 'add', 'eve', '--scope', 'rpc'], { env, input: 'short\n' })).code).toBe(2);
  });
});
