import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { buildLibrary } from '../support/build.js';
import { endProcess } from '../support/end-process.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

describe('A process', () => {
  let child: ChildProcess;
  beforeAll(() => buildLibrary('core'));
  afterEach(() => endProcess(child));

  it('survives whatever its endpoints throw, logs each, and ends by itself', async () => {
    child = spawn(process.execPath, [join(__dirname, 'support', 'throwing-host.mjs')]);
    let said = '';
    let logged = '';
    child.stdout?.on('data', (text: Buffer) => (said += text.toString()));
    child.stderr?.on('data', (text: Buffer) => (logged += text.toString()));
    const [, port, things] = await waitFor('the port', () => /port (\d+) things (\d+)/.exec(said));
    const url = `ws://127.0.0.1:${port}/throwing`;
    for (let thing = 0; thing < Number(things); thing += 1) {
      expect((await refusedHandshake(`${url}?at=handshake&thing=${thing}`)).status).toBe(500);
      for (const at of ['now', 'later', 'message']) {
        const client = await SocketClient.open(`${url}?at=${at}&thing=${thing}`);
        client.send('x');
        expect(await client.closed).toEqual({ code: 1011, reason: 'Internal server error' });
      }
    }
    // Once all that it has printed has been read.
    const ended = once(child, 'close');
    child.stdin?.end();
    expect(await ended).toEqual([0, null]);
    expect(said).toContain('ended by itself');
    expect(logged.match(/ERROR/g)?.length).toBe(4 * Number(things));
  });
});
