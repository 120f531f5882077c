import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importsOf } from '../support/imports-of.js';
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

/** Peers of core which only hosts with sockets need. */
const FOR_SOCKETS = ['@nestjs/platform-ws', '@nestjs/websockets'];

jest.setTimeout(300_000);

describe('Packed packages', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-packed-'));
  let tarballs: ReadonlyMap<string, string>;
  beforeAll(async () => {
    tarballs = await pack(NAMES, directory);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each(NAMES)('%s holds what was built and its papers, and nothing else', async (name) => {
    const { stdout } = await run('tar', ['tzf', tarballs.get(name) ?? '']);
    const files = stdout
      .trim()
      .split('\n')
      .map((file) => file.replace(/^package\//, ''));
    expect(files).toEqual(
      expect.arrayContaining([
        'package.json',
        'README.md',
        'CHANGELOG.md',
        'LICENSE',
        'dist/index.js',
        'dist/index.d.ts',
      ]),
    );
    expect(files.filter((file) => /tsbuildinfo|\.spec\.|(^|\/)src\//.test(file))).toEqual([]);
    expect(files.filter((file) => !/^(dist\/|package\.json|README\.md|CHANGELOG\.md|LICENSE)/.test(file))).toEqual([]);
  });

  it.each(NAMES)('the root entry of %s names no optional peer', (name) => {
    const folder = join(ROOT, 'libs', name);
    const optional = Object.entries(manifest(folder).peerDependenciesMeta ?? {}).flatMap(([peer, { optional: is }]) =>
      is ? [peer] : [],
    );
    // The root of core holds the WebSocket adapter.
    const peers = name === 'core' ? optional.filter((peer) => !FOR_SOCKETS.includes(peer)) : optional;
    expect(importsOf(join(folder, 'dist/index.d.ts')).filter((target) => peers.includes(target))).toEqual([]);
  });

  it.each(NAMES)('publint finds nothing in %s', async (name) => {
    const { stdout } = await run('npx', ['publint', join('libs', name), '--strict', '--pack', 'false'], { cwd: ROOT });
    expect(stdout).toContain('All good!');
  });

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
