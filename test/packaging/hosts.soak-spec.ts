import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesBelow } from '../docs/repository-files.js';
import { MICROSERVICES } from './microservices.js';
import { compile, install, manifest, pack, ROOT, runCompiled } from './packed.js';

const PACKAGES = filesBelow('libs', /^package\.json$/).map((path) => path.split('/')[1] ?? '');

/** Every entry of every package; the one for browsers has no place in Node. */
const ENTRIES = PACKAGES.flatMap((folder) => {
  const { name, exports = {} } = manifest(join(ROOT, 'libs', folder)) as { name?: string; exports?: object };
  return Object.entries(exports)
    .filter(([path, target]) => typeof target === 'object' && path !== './browser')
    .map(([path]) => `${name}${path.slice(1)}`);
});

/** A program that loads them all. */
const LOADING = [
  ...ENTRIES.map((entry, index) => `import * as entry${index} from '${entry}';`),
  `const entries: object[] = [${ENTRIES.map((_, index) => `entry${index}`).join(', ')}];`,
  'console.log(`${entries.filter((entry) => Object.keys(entry).length > 0).length} entries load`);',
].join('\n');

/** The Nest packages of a host, in the newest releases of a major version. */
const NEST: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  11: {
    '@nestjs/common': '11.2.10',
    '@nestjs/core': '11.2.10',
    '@nestjs/microservices': '11.2.6',
    '@nestjs/platform-express': '11.2.10',
    '@nestjs/platform-fastify': '11.2.8',
    '@nestjs/platform-ws': '11.2.6',
    '@nestjs/websockets': '11.2.6',
    '@nestjs/terminus': '11.1.1',
    '@nestjs/bullmq': '11.0.5',
  },
  12: {
    '@nestjs/common': '^12.0.0',
    '@nestjs/core': '^12.0.0',
    '@nestjs/microservices': '^12.0.0',
    '@nestjs/platform-express': '^12.0.0',
    '@nestjs/platform-fastify': '^12.0.0',
    '@nestjs/platform-ws': '^12.0.0',
    '@nestjs/websockets': '^12.0.0',
    '@nestjs/terminus': '^12.0.0',
    '@nestjs/bullmq': '^12.0.0',
  },
};

/** What the entries beside the roots need. */
const OPTIONAL_PEERS = ['@bull-board/api', 'bullmq', 'ioredis', 'prom-client'];

/** NEST_MAJOR names one; otherwise both are tried. */
const majors = process.env.NEST_MAJOR ? [process.env.NEST_MAJOR] : Object.keys(NEST);

jest.setTimeout(600_000);

const directory = mkdtempSync(join(tmpdir(), 'millrace-hosts-'));
let tarballs: ReadonlyMap<string, string>;
beforeAll(async () => {
  tarballs = await pack(PACKAGES, directory);
});
afterAll(() => rmSync(directory, { recursive: true }));

describe.each(majors)('A host on Nest %s', (major) => {
  const installed = join(directory, major);
  const folder = join(installed, 'host');
  beforeAll(async () => {
    const { devDependencies: versions } = manifest(ROOT);
    const others = ['reflect-metadata', 'rxjs', 'typescript', '@types/node', '@types/ws', 'ws', ...OPTIONAL_PEERS];
    const dependencies = Object.fromEntries([
      ...Object.entries(NEST[major] ?? {}),
      ...others.map((name) => [name, versions?.[name]]),
      ...[...tarballs].map(([name, tarball]) => [`@millrace/${name}`, `file:${tarball}`]),
    ]) as Record<string, string>;
    const host = readFileSync(join(__dirname, 'host-program.ts'), 'utf8');
    const programs = { host, entries: LOADING, microservices: MICROSERVICES };
    await install(installed, dependencies);
    await compile({ folder, type: 'module', programs });
  });

  it('has one copy of Nest, of that version', () => {
    const { version } = manifest(join(installed, 'node_modules/@nestjs/common')) as { version?: string };
    expect(version?.split('.')[0]).toBe(major);
  });

  it('loads every entry of every package, and its types', async () => {
    expect(await runCompiled(folder, 'entries')).toBe(`${ENTRIES.length} entries load`);
  });

  it('guards messages of microservices, beside HTTP and without', async () => {
    expect(await runCompiled(folder, 'microservices')).toBe('the microservices run');
  });

  it.each(['Express', 'Fastify'])(
    'logs in, pushes and pulls, calls with progress, publishes, looks up, has a console, and tells its health, on %s',
    async (adapter) => {
      expect(await runCompiled(folder, 'host', adapter)).toBe('the host runs');
    },
  );
});
