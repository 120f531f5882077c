import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiKeyFile, UserFile } from '@millrace/accounts';
import { mountSmallDisk } from '../stream-store/support/small-disk.js';
import { waitFor } from '../support/waiting.js';
import { dataDirectory, failingReference, login, type RunningReference, startReference } from '../support/reference.js';

/** Takes what room is left on a disk. */
function fill(file: string): void {
  for (const bytes of [65_536, 4096, 1]) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(bytes), { flag: 'a' });
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
  }
}

/** The files in a folder, without empty ones that are locked and the folder of sources: both may be made before they are used. */
function keptIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name !== 'sources' && !name.endsWith('.lock')).sort();
}

describe('On a full disk', () => {
  const directory = dataDirectory();
  let reference: RunningReference;
  beforeAll(async () => {
    if (process.getuid?.() !== 0) {
      throw new Error('This test fills a small disk of its own: run it as root, where a tmpfs may be mounted');
    }
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory.path]);
    reference = await startReference(directory.path, { MILLRACE_STORE: 'memory' });
  });
  afterAll(async () => {
    await reference?.stop();
    execFileSync('umount', ['-l', directory.path]);
    directory.remove();
  });

  it('keys, users and sources are refused with 503, nothing is lost or left behind, and they are taken when there is room', async () => {
    const authorization = { Authorization: `Bearer ${await login(reference.url)}` };
    const call = async (method: string, path: string, body?: unknown): Promise<[number, any]> => {
      const type: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
      const init = { method, headers: { ...authorization, ...type }, body: JSON.stringify(body) };
      const response = await fetch(`${reference.url}${path}`, init);
      const text = await response.text();
      return [response.status, text ? JSON.parse(text) : undefined];
    };
    const [, { id }] = await call('POST', '/keys', { name: 'a', scopes: ['streams:read'] });
    expect((await call('PUT', '/users/a', { password: 'a long password' }))[0]).toBe(200);
    const writes = [
      ['POST', '/keys', { name: 'b', scopes: ['streams:read'] }, 201],
      ['PUT', '/users/b', { password: 'a long password' }, 200],
      ['PUT', '/users/a', { password: 'another password' }, 200],
      ['PUT', '/sources/one', { url: 'x'.repeat(100) }, 204],
      ['DELETE', '/users/a', undefined, 204],
      ['DELETE', `/keys/${id as string}`, undefined, 204],
    ] as const;

    const filler = join(directory.path, 'filler');
    fill(filler);
    const before = keptIn(directory.path);
    for (const [method, path, body] of writes) {
      expect([method, path, ...(await call(method, path, body))]).toEqual([
        ...[method, path, 503],
        { detail: 'Nothing can be written: the disk is full; make room on it, and try again' },
      ]);
    }
    expect((await ApiKeyFile.in(directory.path).list()).map(({ name }) => name)).toEqual(['a']);
    expect(await UserFile.in(directory.path).verify('a', 'a long password')).toMatchObject({ name: 'a' });
    expect(keptIn(directory.path)).toEqual(before);

    const data = join(directory.path, 'new');
    const start = await failingReference(directory.path, { MILLRACE_STORE: 'memory', MILLRACE_DATA_DIR: data });
    expect(start.code).toBe(1);
    expect(start.output).toContain(
      `The signing secret cannot be kept in ${data}. Nothing can be written: the disk is full; make room on it`,
    );

    rmSync(filler);
    for (const [method, path, body, status] of writes) {
      const [answered] = await call(method, path, body);
      expect([method, path, answered]).toEqual([method, path, status]);
    }
    expect((await ApiKeyFile.in(directory.path).list()).map(({ name }) => name)).toEqual(['b']);
    expect((await UserFile.in(directory.path).list()).map(({ name }) => name)).toEqual(['b']);
  });
});

describe('A log on the full disk of the data', () => {
  it('does not end the server, which serves and writes lines again when there is room', async () => {
    const disk = mountSmallDisk('tmpfs');
    const log = join(disk.directory, 'log');
    const reference = await startReference(disk.directory, { LOG_LEVEL: 'debug' }, log);
    try {
      const authorization = { Authorization: `Bearer ${await login(reference.url)}` };
      const upload = async (): Promise<number> => {
        const body = new FormData();
        body.append('entries', new Blob([new Uint8Array(200_000)]), 'entry');
        return (await fetch(`${reference.url}/data/s`, { method: 'POST', headers: authorization, body })).status;
      };
      await waitFor('refusal', async () => (await upload()) === 503, { pause: 1 });
      disk.fill();
      const full = statSync(log).size;
      // A page of the log has room left.
      for (let request = 0; request < 100; request += 1) expect(await upload()).toBe(503);
      expect(disk.freeBytes()).toBe(0);
      expect(statSync(log).size - full).toBeLessThan(4096);
      disk.free();
      await waitFor('room', async () => (await upload()) === 200);
      await waitFor('a line of it', () => /POST \/data\/s 200/.test(reference.output().slice(full)));
    } finally {
      expect(await reference.stop()).toBe(0);
      disk.dispose();
    }
  });
});
