import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildLibrary } from '../support/build.js';

const HOST = join(__dirname, 'support', 'adapter-host.mjs');

/** Runs an application of `NestFactory` to its end; answers what it printed. @throws Error when its process failed */
async function runHost(kind: string, modules: string, abortOnError: 'true' | 'false'): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [HOST, kind, modules, abortOnError]);
  return stdout;
}

// An application of `NestFactory`, unlike one of a testing module, ends its process where one of its methods throws.
describe('An application of NestFactory with the adapter', () => {
  beforeAll(async () => {
    for (const name of ['auth', 'connector', 'client', 'connectivity', 'rpc', 'stream-store']) await buildLibrary(name);
  });

  it.each([
    ['express', 'none', 'true'],
    ['express', 'none', 'false'],
    ['express', 'connector', 'true'],
    ['express', 'auth', 'true'],
    ['fastify', 'none', 'true'],
    ['fastify', 'rpc-client', 'true'],
    ['context', 'none', 'true'],
    ['context', 'auth', 'true'],
    ['context', 'servers', 'true'],
    ['express', 'servers', 'true'],
    ['fastify', 'servers', 'true'],
  ] as const)('of the kind %s and modules: %s runs, and ends (abortOnError %s)', async (kind, modules, abort) => {
    expect(await runHost(kind, modules, abort)).toBe('ready\ndone\n');
  });
});
