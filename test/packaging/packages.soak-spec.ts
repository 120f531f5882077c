import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installAndCompile, manifest, pack, ROOT, run, runCompiled } from './packed.js';
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
  let tarballs: ReadonlyMap<string, string>;
  beforeAll(async () => {
    tarballs = await pack(NAMES, directory);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each(['module', 'commonjs'])(
    'install into a fresh application of the type %s, type-check strictly, and each runs alone',
    async (type) => {
      const app = join(directory, type);
      const { devDependencies: versions } = manifest(ROOT);
      const dependencies = Object.fromEntries([
        ...HOST.map((name) => [name, versions?.[name]]),
        ...[...tarballs].map(([name, tarball]) => [`@millrace/${name}`, `file:${tarball}`]),
      ]) as Record<string, string>;
      await installAndCompile({ folder: app, type, dependencies, programs: PROGRAMS });
      for (const name of NAMES) expect(await runCompiled(app, name)).toBe(`${name} runs`);
      for (const command of ['millrace', 'millrace-keys', 'millrace-user']) {
        const { stdout } = await run(join('node_modules/.bin', command), ['--help'], { cwd: app });
        expect(stdout).toContain(`Usage: ${command} `);
      }
    },
  );
});
