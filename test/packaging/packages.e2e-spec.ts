import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { importsOf } from '../support/imports-of.js';
import { PROGRAMS } from './sources.js';

const run = promisify(execFile);
const ROOT = join(__dirname, '../..');
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

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { optional?: boolean }>>;
}

const manifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

jest.setTimeout(300_000);

describe('Packed packages', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-packed-'));
  const tarballs = new Map<string, string>();
  beforeAll(async () => {
    await Promise.all(
      NAMES.map(async (name) => {
        const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', directory], {
          cwd: join(ROOT, 'libs', name),
        });
        tarballs.set(
          name,
          join(directory, (JSON.parse(stdout.slice(stdout.indexOf('['))) as [{ filename: string }])[0].filename),
        );
      }),
    );
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
      mkdirSync(join(app, 'src'), { recursive: true });
      const versions = { ...manifest(ROOT).devDependencies };
      const dependencies = Object.fromEntries([
        ...HOST.map((name) => [name, versions[name]]),
        ...NAMES.map((name) => [`@millrace/${name}`, `file:${tarballs.get(name)}`]),
      ]) as Record<string, string>;
      writeFileSync(
        join(app, 'package.json'),
        JSON.stringify({ name: 'fresh', version: '1.0.0', private: true, type, dependencies }),
      );
      for (const [name, text] of Object.entries(PROGRAMS)) writeFileSync(join(app, 'src', `${name}.ts`), text);
      const compilerOptions = {
        ...{ target: 'ES2023', lib: ['ES2023', 'ESNext.Disposable'], module: 'nodenext', moduleResolution: 'nodenext' },
        ...{
          strict: true,
          skipLibCheck: false,
          experimentalDecorators: true,
          emitDecoratorMetadata: true,
          esModuleInterop: true,
        },
        ...{ outDir: 'out', rootDir: 'src', types: ['node'] },
      };
      writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
      await run(
        'npm',
        ['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'],
        { cwd: app },
      );
      await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { cwd: app }).catch(
        (error: { stdout: string }) => {
          throw new Error(error.stdout);
        },
      );
      const { NODE_ENV: _jest, ...environment } = process.env;
      for (const name of NAMES) {
        const { stdout } = await run(process.execPath, [join('out', `${name}.js`)], {
          cwd: app,
          env: environment,
          timeout: 60_000,
        });
        expect(stdout.trim().split('\n').at(-1)).toBe(`${name} runs`);
      }
      for (const command of ['millrace', 'millrace-keys', 'millrace-user']) {
        const { stdout } = await run(join('node_modules/.bin', command), ['--help'], { cwd: app, env: environment });
        expect(stdout).toContain(`Usage: ${command} `);
      }
    },
  );
});
