import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, install, manifest, pack, ROOT, run, runCompiled } from './packed.js';
import { PROGRAMS } from './sources.js';

const NAMES = Object.keys(PROGRAMS);

/** What a host application has installed; no optional peer is among it. */
const HOST = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-express',
  '@nestjs/platform-ws',
  '@nestjs/websockets',
  'reflect-metadata',
  'rxjs',
  'typescript',
  '@types/node',
  '@types/ws',
];

jest.setTimeout(600_000);

describe('Packed packages', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-packed-'));
  beforeAll(async () => {
    const tarballs = await pack(NAMES, directory);
    const { devDependencies: versions } = manifest(ROOT);
    const dependencies = Object.fromEntries([
      ...HOST.map((name) => [name, versions?.[name]]),
      ...[...tarballs].map(([name, tarball]) => [`@millrace/${name}`, `file:${tarball}`]),
    ]) as Record<string, string>;
    await install(directory, dependencies);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each(['module', 'commonjs'])(
    'type-check strictly in a fresh application of the type %s, and each runs alone',
    async (type) => {
      const app = join(directory, type);
      await compile({ folder: app, type, programs: PROGRAMS });
      for (const name of NAMES) expect(await runCompiled(app, name)).toBe(`${name} runs`);
    },
  );

  it.each(['millrace', 'millrace-keys', 'millrace-user'])('bring the command %s', async (command) => {
    const { stdout } = await run(join('node_modules/.bin', command), ['--help'], { cwd: directory });
    expect(stdout).toContain(`Usage: ${command} `);
  });
});
