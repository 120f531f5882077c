import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RevokedTokensFile, type TokenRevocation, UserFile } from '@millrace/accounts';
import { buildLibrary } from '../support/build.js';
import { endProcess } from '../support/end-process.js';
import { scaled } from '../support/soak.js';
import { waitFor } from '../support/waiting.js';

const KILLS = scaled(10);
const HASH = `$scrypt$ln=15,r=8,p=3$${'A'.repeat(22)}$${'A'.repeat(43)}`;

interface Kept {
  readonly token?: string;
  readonly removed?: string;
}

// Each kill waits for what was kept before it.
jest.setTimeout(300_000);

it(`keeps a whole file and every revocation it has confirmed, over ${KILLS} kills in the midst of writes`, async () => {
  await buildLibrary('accounts');
  const folder = mkdtempSync(join(tmpdir(), 'millrace-kill-'));
  const file = RevokedTokensFile.in(folder);
  const users = UserFile.in(folder);
  const names = Array.from({ length: 1000 }, (_, index) => `user ${index}`);
  const created = new Date().toISOString();
  const stored = names.map((name) => ({ name, hash: HASH, scopes: ['*'], created }));
  writeFileSync(users.path, JSON.stringify({ version: 1, users: stored }), { mode: 0o600 });
  const kept: Kept[] = [];
  let child: ChildProcess | undefined;
  try {
    for (let round = 0; round < KILLS; round += 1) {
      const before = kept.length;
      child = fork(join(__dirname, 'support', 'revoker.mjs'), [folder], { execArgv: [] });
      child.on('message', (message: Kept) => void kept.push(message));
      await waitFor('some revocations', () => kept.length > before + 10 + round);
      // Another process writes at the same time.
      const token = `of this process ${round}`;
      await Promise.all([file.revoke({ token }).then(() => kept.push({ token })), endProcess(child)]);
      const list = await new RevokedTokensFile(file.path).list();
      const there = new Set((await users.list()).map(({ name }) => name));
      expect(kept.filter((one) => !isKept(one, list, there))).toEqual([]);
      // Who is gone has no tokens, confirmed or not.
      const revoked = new Set(list.map(({ user }) => user));
      expect(names.filter((name) => !there.has(name) && !revoked.has(name))).toEqual([]);
    }
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
  } finally {
    await endProcess(child);
    rmSync(folder, { recursive: true });
  }
});

function isKept({ token, removed }: Kept, list: readonly TokenRevocation[], users: ReadonlySet<string>): boolean {
  if (token !== undefined) return list.some((one) => one.token === token);
  return list.some((one) => one.user === removed) && !users.has(removed ?? '');
}
