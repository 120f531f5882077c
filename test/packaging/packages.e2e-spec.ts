import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { importsOf } from '../support/imports-of.js';
import { contentsOf, manifest, publintOf, ROOT, run } from './packed.js';
import { PROGRAMS } from './sources.js';

const NAMES = Object.keys(PROGRAMS);

/** Run as they were built; `npm run test:soak` installs and runs each of them. */
const RUN_IN_PLACE = ['core', 'rpc', 'console', 'client'];

/** Peers of core which only hosts with sockets need. */
const FOR_SOCKETS = ['@nestjs/platform-ws', '@nestjs/websockets'];

jest.setTimeout(600_000);

describe('Packages as they are published', () => {
  let contents: Readonly<Record<string, readonly string[]>>;
  let faults: Readonly<Record<string, readonly unknown[]>>;
  beforeAll(async () => {
    [contents, faults] = await Promise.all([contentsOf(NAMES), publintOf(NAMES)]);
  });

  it.each(NAMES)('%s holds what was built and its papers, and nothing else', (name) => {
    const files = contents[name] ?? [];
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

  it('console brings its pages made ready, with hashes in their names', () => {
    const { files } = JSON.parse(readFileSync(join(ROOT, 'libs/console/dist/page/manifest.json'), 'utf8')) as {
      files: string[];
    };
    const packed = contents['console']?.filter((file) => file.startsWith('dist/page/'));
    expect(packed?.sort()).toEqual([...files, 'manifest.json'].map((file) => `dist/page/${file}`).sort());
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((file) => !/-[A-Z0-9]{8}\.(js|css|svg)$/.test(file))).toEqual([]);
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

  it.each(NAMES)('publint finds nothing in %s', (name) => {
    expect(faults[name]).toEqual([]);
  });

  it.each(RUN_IN_PLACE)('%s runs in Node as it was built', async (name) => {
    const compilerOptions = {
      ...{ target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
      ...{ experimentalDecorators: true, emitDecoratorMetadata: true },
    };
    const { outputText } = ts.transpileModule(PROGRAMS[name] ?? '', { compilerOptions });
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', outputText], { cwd: ROOT });
    expect(stdout.trim()).toBe(`${name} runs`);
  });
});
