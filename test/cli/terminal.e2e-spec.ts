import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataDirectory, type RunningReference, startReference } from '../support/reference.js';
import { Millrace, plain, type Seen } from './support/millrace.js';

const CTRL_C = '\u0003';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_LINE = '\u001b[2K';
const HIDE_CURSOR = '\u001b[?25l';

describe('The command millrace on a terminal', () => {
  const data = dataDirectory();
  const files = mkdtempSync(join(tmpdir(), 'millrace-files-'));
  const millrace = new Millrace();
  let server: RunningReference;
  beforeAll(async () => {
    server = await startReference(data.path, { MILLRACE_DEMO: 'on' });
    await millrace.login(server.url);
    mkdirSync(join(files, 'pictures'));
    for (let picture = 1; picture <= 6; picture += 1)
      writeFileSync(join(files, 'pictures', `${picture}.jpg`), Buffer.alloc(50_000, picture));
  });
  afterAll(async () => {
    await server.stop();
    millrace.remove();
    data.remove();
    rmSync(files, { recursive: true });
  });

  /** A machine that stands still for the two seconds that a call takes shows nothing of it: then the call is made again. */
  async function inTime(call: () => Promise<Seen>, isInTime: (seen: Seen) => boolean): Promise<Seen> {
    for (let again = 4; again > 0; again -= 1) {
      const seen = await call().catch(() => undefined);
      if (seen && isInTime(seen)) return seen;
    }
    return call();
  }

  it('asks for name and password, and shows the name only', async () => {
    const { code, screen } = await millrace.onTerminal(
      ['login', server.url],
      [
        ['Name: ', 'somebody\r'],
        ['Password: ', 'somebody\r'],
      ],
    );
    expect(code).toBe(0);
    expect(plain(screen)).toMatch(/^Name: somebody\r+\nPassword: \r+\nLogged in to http:\S+ as somebody, until /);
  });

  it('ends at the password by Ctrl-C with 130, and leaves the terminal as it was', async () => {
    const { code, screen } = await millrace.onTerminal(['login', server.url, '-u', 'me'], [['Password: ', CTRL_C]]);
    expect(code).toBe(130);
    expect(plain(screen)).toBe('Password: \r\n');
  });

  it('shows how far a push is, and takes the bar away at its end', async () => {
    const { code, screen } = await millrace.onTerminal(['push', 'camera', join(files, 'pictures'), '--rate', '1']);
    expect(code).toBe(0);
    const text = plain(screen);
    expect(text).toMatch(/push camera {2}█+░+ {2} \d\d % {2}\d+\.?\d* KiB of 293 KiB/);
    expect(text).toContain('Pushed 6 entries (293 KiB) to camera in ');
    expect(screen.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(screen.lastIndexOf(HIDE_CURSOR));
    expect(screen.lastIndexOf(CLEAR_LINE)).toBeGreaterThan(screen.lastIndexOf('█'));
  });

  it('shows how far a pull to files is', async () => {
    const { code, screen } = await millrace.onTerminal(
      ['pull', 'camera', '-o', join(files, 'pulled'), '-a', '0', '-n', '7'],
      [['6 entries|86 %|85 %', CTRL_C]],
    );
    expect(code).toBe(130);
    expect(plain(screen)).toMatch(/pull camera {2}█+░+ {2} 85 % {2}6 entries of 7 entries/);
    expect(plain(screen)).toContain('Pulled 6 entries (293 KiB)');
    expect(screen.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(screen.lastIndexOf(HIDE_CURSOR));
  });

  it('shows a line for each entry instead of raw bytes, without what could take the terminal over', async () => {
    await millrace.ok(['push', 'hostile'], { input: '\u001b]0;title\u0007 text' });
    await millrace.ok(['push', 'hostile'], { input: Buffer.from([0, 1, 2, 255]) });
    const { code, screen } = await millrace.onTerminal(['pull', 'hostile', '--no-follow']);
    expect(code).toBe(0);
    expect(screen).not.toContain('\u001b]0');
    expect(plain(screen)).toMatch(/hostile {2}\d+-\d+ {2}4 B/);
  });

  it('shows the progress of a call, and its result in lines', async () => {
    const progress = /slow {2}█+░+ {2} \d0 % {2}Step \d of 10/;
    const { code, screen } = await inTime(
      () => millrace.onTerminal(['call', 'slow']),
      (seen) => progress.test(plain(seen.screen)),
    );
    expect(code).toBe(0);
    expect(plain(screen)).toMatch(progress);
    expect(plain(screen).trimEnd()).toMatch(/"done"$/);
  });

  it('cancels a call by Ctrl-C', async () => {
    const { code, screen } = await inTime(
      () => millrace.onTerminal(['call', 'slow'], [['Step [1-4] of 10', CTRL_C]]),
      (seen) => seen.code === 130 && !plain(seen.screen).includes('Step 9'),
    );
    expect(code).toBe(130);
    expect(plain(screen)).not.toContain('Step 9');
    expect(screen.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(screen.lastIndexOf(HIDE_CURSOR));
  });

  it('asks before it removes', async () => {
    await millrace.ok(['push', 'precious'], { input: 'x' });
    const kept = await millrace.onTerminal(['streams', 'rm', 'precious'], [['\\[y/N\\] ', 'n\r']]);
    expect(plain(kept.screen)).toContain('Nothing was removed');
    const removed = await millrace.onTerminal(['streams', 'rm', 'precious'], [['\\[y/N\\] ', 'y\r']]);
    expect(removed.code).toBe(0);
    expect(plain(removed.screen)).toContain('Removed precious, 1 entry');
  });

  it('colours errors, unless NO_COLOR is set', async () => {
    const { screen } = await millrace.onTerminal(['streams', 'info', 'nothing-here']);
    expect(screen).toContain('\u001b[31merror:\u001b[39m There is no stream "nothing-here"');
    const bare = await millrace.onTerminal(['streams', 'info', 'nothing-here'], [], { NO_COLOR: '1' });
    expect(bare.screen).toBe('error: There is no stream "nothing-here"\r\n');
  });

  it('shows no bar when told so', async () => {
    for (const option of ['--no-progress', '--quiet', '--json']) {
      const { screen } = await millrace.onTerminal(['call', 'slow', option]);
      expect(screen).not.toContain('█');
    }
  });
});
