import { inspect } from 'node:util';
import { ConnectorHubModule, ConnectorSet } from '@millrace/connector';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';

const TOKEN = 'token-that-nobody-may-see';
const SECRET = 'secret-that-nobody-may-see';

describe('Tokens and secrets of a connector', () => {
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

  it('row 46: stand in no string form of the set, its connections and what they say of themselves', () => {
    for (const value of [set, ...set.connections().values(), set.statuses()]) {
      for (const text of [inspect(value, { depth: null, showHidden: true }), safeJson(value)]) {
        expect(text).not.toContain(TOKEN);
        expect(text).not.toContain(SECRET);
      }
    }
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
