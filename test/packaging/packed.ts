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
  const packed = names.map(async (name) => {
    const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', directory], {
      cwd: join(ROOT, 'libs', name),
    });
    const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [{ filename: string }];
    return [name, join(directory, filename)] as const;
  });
  return new Map(await Promise.all(packed));
}

/** The files that packages would be published with, by name. */
export async function contentsOf(names: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>> {
  const workspaces = names.flatMap((name) => ['--workspace', join('libs', name)]);
  const parameters = ['pack', '--dry-run', '--ignore-scripts', '--json', ...workspaces];
  const { stdout } = await run('npm', parameters, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
  const packed = JSON.parse(stdout.slice(stdout.indexOf('['))) as { name: string; files: { path: string }[] }[];
  return Object.fromEntries(
    packed.map(({ name, files }) => [name.replace('@millrace/', ''), files.map(({ path }) => path)]),
  );
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

/** An application of its own in a folder: its sources, and what it depends on. */
export interface FreshApplication {
  readonly folder: string;
  readonly type: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly programs: Readonly<Record<string, string>>;
}

/** Installs an application by npm and compiles it strictly, types of its dependencies included. */
export async function installAndCompile({ folder, type, dependencies, programs }: FreshApplication): Promise<void> {
  mkdirSync(join(folder, 'src'), { recursive: true });
  const application = { name: 'fresh', version: '1.0.0', private: true, type, dependencies };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(application));
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, 'src', `${name}.ts`), text);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['src'] }));
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  await run('npm', install, { cwd: folder });
  await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { cwd: folder }).catch(
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
