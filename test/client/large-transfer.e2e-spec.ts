import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildLibrary } from '../support/build.js';
import { endProcess } from '../support/end-process.js';
import { dataDirectory } from '../support/reference.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { scaled } from '../support/soak.js';
import { waitFor } from '../support/waiting.js';

const ENTRY = 64 * 1024;
const ENTRIES = scaled((1024 * 1024 * 1024) / ENTRY);
const CUTS = scaled(10, 2);
const MEMORY_LIMIT = 200 * 1024;

interface Outcome {
  readonly phase: 'done';
  readonly length: number;
  readonly retention: number;
  readonly pulled: number;
  readonly wrong: number;
}

jest.setTimeout(600_000);

describe(`A transfer of ${Math.round((ENTRIES * ENTRY) / 2 ** 20)} MiB`, () => {
  const directory = dataDirectory();
  const children: ChildProcess[] = [];
  let way: CuttingProxy;
  afterAll(async () => {
    await way?.close();
    await Promise.all(children.map(endProcess));
    directory.remove();
  });

  const start = (script: string, ...parameters: string[]): ChildProcess => {
    const child = fork(join(__dirname, 'support', script), parameters, { execArgv: [] });
    children.push(child);
    return child;
  };

  it(`comes back byte for byte through ${CUTS} cuts while it is pushed and ${CUTS} while it is pulled, in under 200 MB at both ends`, async () => {
    await buildLibrary('client');
    await buildLibrary('stream-store');
    const server = start('stream-server.mjs', directory.path);
    const [{ port }] = (await once(server, 'message')) as [{ port: number }];
    way = await CuttingProxy.start(port);

    const client = start('transfer.mjs', way.url, String(ENTRIES), String(ENTRY));
    const cuts = { push: 0, pull: 0 };
    const memory = { client: 0, server: 0 };
    let outcome: Outcome | undefined;
    client.on('message', (message: Outcome | { phase: 'push' | 'pull'; share: number }) => {
      if (message.phase === 'done') {
        outcome = message;
        return;
      }
      if (message.share < (cuts[message.phase] + 1) / (CUTS + 1) || cuts[message.phase] === CUTS) return;
      cuts[message.phase] += 1;
      way.cut();
    });
    await waitFor(
      'the end of the transfer',
      () => {
        if (client.exitCode) throw new Error(`The client ended with ${client.exitCode}`);
        memory.client = Math.max(memory.client, anonymousMemory(client));
        memory.server = Math.max(memory.server, anonymousMemory(server));
        return outcome;
      },
      { deadline: 500_000, pause: 50 },
    );

    expect(outcome).toEqual({ phase: 'done', length: ENTRIES, retention: ENTRIES * 2, pulled: ENTRIES, wrong: 0 });
    expect(cuts).toEqual({ push: CUTS, pull: CUTS });
    expect(memory.client).toBeGreaterThan(0);
    expect(memory.server).toBeGreaterThan(0);
    expect(memory.client).toBeLessThan(MEMORY_LIMIT);
    expect(memory.server).toBeLessThan(MEMORY_LIMIT);
  });
});

/** Memory of a process that no file stands behind, in KiB; 0 once it has ended. */
function anonymousMemory({ pid }: ChildProcess): number {
  try {
    const [, kib] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kib ?? 0);
  } catch {
    return 0;
  }
}
