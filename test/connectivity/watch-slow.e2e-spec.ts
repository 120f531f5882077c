import { ConnectionRegistry, ConnectivityModule } from '@millrace/connectivity';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';
import { RegistryClient, wire } from './registry-client.js';
import { openSlowly, stall } from './slow-reader.js';

const URI = 'x'.repeat(4000);
const MAX_BUFFERED = 32 * 1024;
const KINDS = ['server-sent events', 'socket'] as const;
const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** Far more than may wait for a watcher. */
async function fill(client: RegistryClient): Promise<void> {
  for (let part = 0; part < 4; part += 1) {
    const connections = Array.from({ length: 1000 }, (_, index) => wire(`${part}-${index}`, { uri: URI }));
    expect((await client.publish('p', connections)).status).toBe(200);
  }
}

describe.each(HTTP_ADAPTERS)('Slow watchers on %s', (adapter) => {
  let running: RunningApplication;
  let client: RegistryClient;
  afterEach(() => running.close());

  /** Starts a registry with a large set. */
  async function start({ watcherTimeout = 600_000, pingTimeout = 600_000 } = {}): Promise<void> {
    const limits = { maxBufferedBytes: MAX_BUFFERED, maxHistory: 50 };
    const sockets = { pingInterval: 200, pingTimeout };
    const registry = ConnectivityModule.forRoot({ limits, watcherTimeout, ttl: '1h' });
    running = await startApplication([registry], { adapter, sockets });
    client = new RegistryClient(running.url);
    await fill(client);
  }

  const watchers = async (): Promise<number> => (await running.app.get(ConnectionRegistry).statistics()).watchers;

  it.each(KINDS)('have little waiting for them by %s, however large the set, and lose nothing of it', async (kind) => {
    await start();
    const reader = await openSlowly(running.app, '/connections/p/watch', kind === 'socket' ? UPGRADE : {});
    // A piece, and what surrounds it.
    expect(await stall(reader)).toBeLessThan(MAX_BUFFERED + URI.length + 1024);
    reader.release();
    await waitFor('the last of the set', () => reader.text().includes('"uid":"3-999"'));
    await waitFor('its end', () => reader.text().includes(']}'));
    for (const uid of ['0-0', '2-500', '3-998']) expect(reader.text()).toContain(`"uid":"${uid}"`);
    reader.socket.destroy();
    await waitFor('its end', async () => (await watchers()) === 0);
  });

  it('are told of the gap, and given the set anew, when they missed more than the history holds', async () => {
    await start();
    const reader = await openSlowly(running.app, '/connections/p/watch?uid_regex=(?:.*-99|slow-.*)');
    reader.release();
    await waitFor('the set', () => reader.text().includes('"uid":"3-99"'));
    reader.hold();
    // Enough for it to come to a standstill, and then more than the history holds.
    for (let round = 0; round < 30; round += 1) {
      const connections = Array.from({ length: 60 }, (_, index) => wire(`slow-${round}-${index}`, { uri: URI }));
      expect((await client.publish('p', connections)).status).toBe(200);
    }
    reader.release();
    await waitFor('the last change', () => reader.text().includes('"uid":"slow-29-59"'));
    const types = [...reader.text().matchAll(/^event: (\w+)$/gm)].map(([, type]) => type);
    expect(types[0]).toBe('snapshot');
    expect(types.slice(types.indexOf('gap'), types.indexOf('gap') + 2)).toEqual(['gap', 'snapshot']);
    reader.socket.destroy();
    await waitFor('its end', async () => (await watchers()) === 0);
  });

  it.each(KINDS)('are cut off when they take nothing for too long, by %s', async (kind) => {
    await start({ watcherTimeout: 1200, pingTimeout: 1000 });
    const reader = await openSlowly(running.app, '/connections/p/watch', kind === 'socket' ? UPGRADE : {});
    await waitFor('the watch', async () => (await watchers()) === 1);
    await waitFor('its end', async () => (await watchers()) === 0);
    expect(reader.served.destroyed).toBe(true);
    reader.socket.destroy();
  });

  it('are not cut off while there is nothing to take', async () => {
    await start({ watcherTimeout: 1200, pingTimeout: 1000 });
    const reader = await openSlowly(running.app, '/connections/quiet/watch');
    reader.release();
    await waitFor('signs of life for longer than the limit', () => reader.text().split(': still here').length > 3);
    expect(reader.served.destroyed).toBe(false);
    await client.publish('quiet', [wire('a')]);
    await waitFor('a change', () => reader.text().includes('event: published'));
    reader.socket.destroy();
    await waitFor('its end', async () => (await watchers()) === 0);
  });
});
