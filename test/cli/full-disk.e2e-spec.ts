import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirectory, type RunningReference, startReference } from '../support/reference.js';
import { mountSmallDisk, type SmallDisk } from '../stream-store/support/small-disk.js';
import { Millrace } from './support/millrace.js';

const FULL = /^error: (\S+ cannot be used|Nothing can be written): the disk is full; make room on it, and try again\n$/;
const ENTRIES = 40;

jest.setTimeout(120_000);

describe('On a full disk the command says so in a sentence', () => {
  const directory = dataDirectory();
  const millrace = new Millrace();
  let server: RunningReference;
  let disk: SmallDisk;
  beforeAll(async () => {
    server = await startReference(directory.path);
    await millrace.login(server.url);
    for (let number = 0; number < ENTRIES; number += 1)
      await millrace.ok(['push', 'camera'], { input: Buffer.alloc(20_000, `${number} `) });
  });
  beforeEach(() => (disk = mountSmallDisk('tmpfs')));
  afterEach(() => disk.dispose());
  afterAll(async () => {
    await server?.stop();
    millrace.remove();
    directory.remove();
  });

  const fillBut = (bytes: number): void => {
    const room = join(disk.directory, 'room');
    writeFileSync(room, Buffer.alloc(bytes));
    disk.fill();
    rmSync(room);
  };

  it('a recording holds whole entries only, and goes on where it stopped when there is room', async () => {
    const folder = join(disk.directory, 'recording');
    const pull = (after: string) => [...['pull', 'camera', '--after', after, '--no-follow'], '--output', folder];
    fillBut(300_000);
    const { code, stderr } = await millrace.run(pull('0'), { ownProcess: true });
    expect([code, stderr.replace(/^Pulled .*\n/, '')]).toEqual([8, expect.stringMatching(FULL)]);
    const index = join(folder, 'index.jsonl');
    const lines = (): { id: string; file: string; size: number }[] =>
      readFileSync(index, 'utf8')
        .split('\n')
        .filter((line) => line.endsWith('}'))
        .map((line) => JSON.parse(line) as { id: string; file: string; size: number });
    const recorded = lines();
    expect(recorded.length).toBeGreaterThan(5);
    expect(readdirSync(join(folder, 'camera'))).toHaveLength(recorded.length);
    for (const { file, size } of recorded) expect(statSync(join(folder, file)).size).toBe(size);

    disk.free();
    appendFileSync(index, '{"stream":"camera","id":"17');
    await millrace.ok(pull(recorded.at(-1)?.id ?? ''), { ownProcess: true });
    expect(lines()).toHaveLength(ENTRIES);
    const { code: replayed, stderr: said } = await millrace.run(['replay', folder, '--to', 'again', '--speed', '1000']);
    expect([replayed, said]).toEqual([0, expect.stringContaining(`Replayed ${ENTRIES} entries`)]);
  });

  it.each([
    ['what it pulls', ['pull', 'camera', '--after', '0', '--no-follow']],
    ['what it pulls, as JSON lines', ['pull', 'camera', '--after', '0', '--no-follow', '--json', '--quiet']],
    ['a list', ['streams', 'ls']],
  ])('of %s', async (_what, args) => {
    fillBut(0);
    const { code, stderr } = await millrace.runInto(join(disk.directory, 'out'), args);
    const said = args.includes('--json')
      ? `error: ${(JSON.parse(stderr) as { error: Error }).error.message}\n`
      : stderr;
    expect([code, said]).toEqual([8, expect.stringMatching(FULL)]);
  });

  it('of keys, users, a login and a reply with binary data, and leaves nothing half written', async () => {
    fillBut(0);
    const data = disk.directory;
    for (const [args, input] of [
      [['keys', 'create', 'a', '--scope', 'rpc', '--data-dir', data], ''],
      [['users', 'add', 'a', '--scope', 'rpc', '--data-dir', data], 'a long password\n'],
    ] as const) {
      const { code, stderr } = await millrace.run(args, { input, ownProcess: true });
      expect([code, stderr]).toEqual([8, expect.stringMatching(FULL)]);
    }
    const login = ['login', server.url, '--user', 'tester'];
    const { code, stderr } = await millrace.run(login, { input: 'tester\n', ownProcess: true, env: { HOME: data } });
    expect([code, stderr]).toEqual([8, expect.stringMatching(FULL)]);
    const left = readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((name) => !name.endsWith('.lock'));
    expect(left.sort()).toEqual(['.millrace', 'others']);
  });
});
