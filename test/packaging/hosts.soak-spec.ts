import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installAndCompile, manifest, pack, ROOT, runCompiled } from './packed.js';

/** What the host imports of ours, and what that needs of ours. */
const PACKAGES = ['protocol', 'core', 'accounts', 'auth', 'stream-store', 'connectivity', 'rpc'].filter((name) =>
  existsSync(join(ROOT, 'libs', name, 'package.json')),
);

/** The Nest packages of a host, in the newest releases of a major version. */
const NEST: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  11: {
    '@nestjs/common': '11.2.10',
    '@nestjs/core': '11.2.10',
    '@nestjs/platform-express': '11.2.10',
    '@nestjs/platform-fastify': '11.2.8',
    '@nestjs/platform-ws': '11.2.6',
    '@nestjs/websockets': '11.2.6',
  },
  12: {
    '@nestjs/common': '^12.0.0',
    '@nestjs/core': '^12.0.0',
    '@nestjs/platform-express': '^12.0.0',
    '@nestjs/platform-fastify': '^12.0.0',
    '@nestjs/platform-ws': '^12.0.0',
    '@nestjs/websockets': '^12.0.0',
  },
};

/** NEST_MAJOR names one; otherwise both are tried. */
const majors = process.env.NEST_MAJOR ? [process.env.NEST_MAJOR] : Object.keys(NEST);

jest.setTimeout(300_000);

describe.each(majors)('A host on Nest %s', (major) => {
  const directory = mkdtempSync(join(tmpdir(), `millrace-nest-${major}-`));
  const folder = join(directory, 'host');
  beforeAll(async () => {
    const { devDependencies: versions } = manifest(ROOT);
    const tarballs = await pack(PACKAGES, directory);
    const others = ['reflect-metadata', 'rxjs', 'typescript', '@types/node', '@types/ws', 'ws'];
    const dependencies = Object.fromEntries([
      ...Object.entries(NEST[major] ?? {}),
      ...others.map((name) => [name, versions?.[name]]),
      ...[...tarballs].map(([name, tarball]) => [`@millrace/${name}`, `file:${tarball}`]),
    ]) as Record<string, string>;
    const programs = { host: readFileSync(join(__dirname, 'host-program.ts'), 'utf8') };
    await installAndCompile({ folder, type: 'module', dependencies, programs });
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('has one copy of Nest, of that version', () => {
    const { version } = manifest(join(folder, 'node_modules/@nestjs/common')) as { version?: string };
    expect(version?.split('.')[0]).toBe(major);
  });

  it.each(['Express', 'Fastify'])(
    'logs in, pushes and pulls, calls with progress, publishes and looks up, on %s',
    async (adapter) => {
      expect(await runCompiled(folder, 'host', adapter)).toBe('the host runs');
    },
  );
});
