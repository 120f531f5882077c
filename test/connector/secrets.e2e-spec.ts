import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { ConnectorHubModule, ConnectorSet } from '@millrace/connector';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';
import { Connectors } from './support/connector.js';
import { accept, configure, inTurn, refuse, say } from './support/script-steps.js';
import { ScriptedServer } from './support/scripted-server.js';

const TOKEN = 'token-that-nobody-may-see';
const SECRET = 'secret-that-nobody-may-see';

describe('Tokens and secrets of a connector', () => {
  it('connector#46: stand in no log line, error or status, though the server quotes them and every step fails', async () => {
    const written: string[] = [];
    const write = (...line: unknown[]): void => void written.push(inspect(line, { depth: null, showHidden: true }));
    const quoted = `token ${TOKEN} secret s_${SECRET}`;
    const server = await ScriptedServer.start({
      validate: inTurn(
        say({ status: 500, body: [{ code: TOKEN, message: quoted }] }),
        say(`not JSON ${quoted}`),
        (link) => link.ws.close(1011, quoted),
        accept,
        accept,
        accept,
        refuse(401, 'refused', quoted),
      ),
      claim: inTurn(refuse(403, 'claim', quoted), configure({ password: SECRET }), configure()),
      notification: refuse(400, TOKEN, quoted),
    });
    const connectors = new Connectors();
    let configurations = 0;
    const { set, source } = await connectors.make(
      server.url.replace('127', 'user:hunter2@127'),
      {
        connect: (_context, config) => {
          configurations += 1;
          if (configurations === 1) throw new Error(`Bad configuration ${JSON.stringify(config)}`);
        },
      },
      { authToken: TOKEN, reconnectSecret: SECRET, answerTimeout: '10s' },
    );
    Logger.overrideLogger({ log: write, error: write, warn: write, debug: write, verbose: write });
    source.onStatus(write);
    const run = set.run();
    await waitFor('the connection', () => source.isConnected);
    await source.notify({ n: 1 });
    await source.flush(60_000);
    server.links.at(-1)?.cut();
    await run.catch(write);
    expect(source.state).toBe('failed');
    await connectors.close();
    await server.close();
    Logger.overrideLogger(false);
    expect(written.length).toBeGreaterThan(10);
    expect(written.join('\n')).toContain('Connect call failed: 401 :: refused:token [hidden]');
    for (const hidden of [TOKEN, SECRET, 'hunter2']) expect(written.join('\n')).not.toContain(hidden);
  });

  describe('while connected', () => {
    let hub: RunningApplication;
    let set: ConnectorSet;
    beforeAll(async () => {
      hub = await startApplication([ConnectorHubModule.forRoot({ sources: { thermostat: {} } })]);
      set = await ConnectorSet.create({
        targetServer: hub.url,
        authToken: TOKEN,
        reconnectSecret: SECRET,
        sources: ['thermostat'],
      });
      set.start();
      await waitFor('the connection', () => set.statuses()[0]?.state === 'connected');
    });
    afterAll(async () => {
      await set.close();
      await hub.close();
    });

    it('connector#46: stand in no string form of the set, its connections and what they say of themselves', () => {
      for (const value of [set, ...set.connections().values(), set.statuses()]) {
        for (const text of [inspect(value, { depth: null, showHidden: true }), safeJson(value)]) {
          expect(text).not.toContain(TOKEN);
          expect(text).not.toContain(SECRET);
        }
      }
    });
  });
});

/** JSON of a value that may hold itself. */
function safeJson(value: unknown): string {
  const seen = new WeakSet<object>();
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return String(part);
    if (typeof part !== 'object' || part === null) return part;
    if (seen.has(part)) return undefined;
    seen.add(part);
    return part;
  });
}
