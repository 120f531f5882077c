import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { endProcess } from '../support/end-process.js';
import { SocketClient } from '../support/socket-client.js';
import { dataDirectory } from '../support/reference.js';
import { waitFor } from '../support/waiting.js';
import { ROOT } from './packed.js';

jest.setTimeout(600_000);

/** The examples of a README that start an application on a port. */
function applicationsIn(readme: string): string[] {
  const text = readFileSync(join(ROOT, readme), 'utf8');
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].flatMap(([, code = '']) =>
    /\.listen\(\d+\)/.test(code) ? [code] : [],
  );
}

/** The example as a program that says where it listens. */
function program(code: string): string {
  const { outputText } = ts.transpileModule(
    `import 'reflect-metadata';\n${code.replace(/\.listen\(\d+\)/, ".listen(0, '127.0.0.1')")}\nconsole.log('URL', await app.getUrl());`,
    {
      compilerOptions: {
        ...{ target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
        ...{ experimentalDecorators: true, emitDecoratorMetadata: true },
      },
    },
  );
  return outputText;
}

describe('The first example of a README', () => {
  let directory: ReturnType<typeof dataDirectory>;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    directory = dataDirectory();
    // What an example writes lies beside what it imports.
    symlinkSync(join(ROOT, 'node_modules'), join(directory.path, 'node_modules'));
  });
  afterEach(async () => {
    await endProcess(child);
    directory.remove();
  });

  it.each([
    ['libs/core/README.md', '/rooms/a', 1012],
    ['libs/rpc/README.md', '/rpc', 1012],
    ['libs/stream-store/README.md', '/data/a/pull', 1012],
    ['libs/connectivity/README.md', '/connections/p/watch', 1012],
    // Existing connectors would come back without a pause after 1001.
    ['libs/connector/README.md', '/api/v1/wsock/websocket', 1012],
  ])('in %s tells its clients that it ends', async (readme, path, expected) => {
    const [code = ''] = applicationsIn(readme);
    child = spawn(process.execPath, ['--input-type=module', '--eval', program(code)], {
      cwd: directory.path,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const url = await waitFor('the address', () => /^URL (\S+)$/m.exec(output)?.[1], { deadline: 120_000 });
    const client = await SocketClient.open(`${url.replace('http', 'ws')}${path}`);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect((await client.closed).code).toBe(expected);
    expect(await ended).toEqual([null, 'SIGTERM']);
  });

  it.each([
    'README.md',
    ...['auth', 'core', 'rpc', 'stream-store', 'connectivity', 'connector'].map((name) => `libs/${name}/README.md`),
  ])('in %s has the line for it', (readme) => {
    const applications = applicationsIn(readme);
    expect(applications.length).toBeGreaterThan(0);
    for (const code of applications) expect(code).toContain('enableShutdownHooks()');
  });
});
