import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const run = promisify(execFile);
export const ROOT = join(__dirname, '../..');

/** The parts of a package.json that the tests look at. */
export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { optional?: boolean }>>;
}

/** Reads the package.json in a folder. */
export const manifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** Packs packages into a directory: their tarballs by name. */
export async function pack(names: readonly string[], directory: string): Promise<ReadonlyMap<string, string>> {
  const packed = await packAll(names, ['--pack-destination', directory]);
  return new Map(packed.map(({ name, filename }) => [name, join(directory, filename)]));
}

/** The files that packages would be published with, by name. */
export async function contentsOf(names: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>> {
  const packed = await packAll(names, ['--dry-run']);
  return Object.fromEntries(packed.map(({ name, files }) => [name, files.map(({ path }) => path)]));
}

interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** By one npm: each takes a second to start. */
async function packAll(names: readonly string[], more: readonly string[]): Promise<Packed[]> {
  const workspaces = names.flatMap((name) => ['--workspace', join('libs', name)]);
  const parameters = ['pack', '--ignore-scripts', '--json', ...more, ...workspaces];
  const { stdout } = await run('npm', parameters, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
  const packed = JSON.parse(stdout.slice(stdout.indexOf('['))) as Packed[];
  return packed.map((each) => ({ ...each, name: each.name.replace('@millrace/', '') }));
}

const PUBLINT = `
import { publint } from 'publint';
const found = {};
for (const name of process.argv.slice(1)) {
  const { messages } = await publint({ pkgDir: 'libs/' + name, strict: true, pack: false });
  found[name] = messages;
}
console.log(JSON.stringify(found));
`;

/** What publint has to say of packages, by name. */
export async function publintOf(names: readonly string[]): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', PUBLINT, ...names], { cwd: ROOT });
  return JSON.parse(stdout) as Readonly<Record<string, readonly unknown[]>>;
}

/** Installs by npm what applications in a folder depend on. */
export async function install(folder: string, dependencies: Readonly<Record<string, string>>): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  const parameters = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  await run('npm', ['install', ...parameters], { cwd: folder });
}

/** An application in a folder below what is installed: its type and its sources. */
export interface FreshApplication {
  readonly folder: string;
  readonly type: string;
  readonly programs: Readonly<Record<string, string>>;
}

/** Compiles an application strictly, types of its dependencies included. */
export async function compile({ folder, type, programs }: FreshApplication): Promise<void> {
  mkdirSync(join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'fresh', version: '1.0.0', private: true, type }));
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, 'src', `${name}.ts`), text);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['src'] }));
  await run(process.execPath, ['../node_modules/typescript/bin/tsc', '-p', '.'], { cwd: folder }).catch(
    (error: { stdout: string }) => {
      throw new Error(error.stdout);
    },
  );
}

const COMPILER_OPTIONS = {
  ...{ target: 'ES2023', lib: ['ES2023', 'ESNext.Disposable'], module: 'nodenext', moduleResolution: 'nodenext' },
  ...{ strict: true, skipLibCheck: false, experimentalDecorators: true, emitDecoratorMetadata: true },
  ...{ esModuleInterop: true, outDir: 'out', rootDir: 'src', types: ['node'] },
};

/** Runs a program of a compiled application: the last line of its output. */
export async function runCompiled(folder: string, name: string, ...parameters: string[]): Promise<string | undefined> {
  const { NODE_ENV: _jest, ...environment } = process.env;
  const { stdout } = await run(process.execPath, [join('out', `${name}.js`), ...parameters], {
    cwd: folder,
    env: environment,
    timeout: 300_000,
  });
  return stdout.trim().split('\n').at(-1);
}
