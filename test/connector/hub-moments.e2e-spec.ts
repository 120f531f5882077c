import { getEventListeners } from 'node:events';
import { MemorySourceStore, type SourceConfiguration } from '@millrace/connector';
import { waitFor } from '../support/waiting.js';
import { type RunningHub, startHub } from './support/hub.js';

/** A store whose next read of a document takes until it is let go. */
class SlowStore extends MemorySourceStore {
  letGo: (() => void) | undefined;
  slow = false;

  override async get(name: string): Promise<SourceConfiguration | undefined> {
    const found = await super.get(name);
    if (this.slow) {
      this.slow = false;
      await new Promise<void>((resolve) => (this.letGo = resolve));
    }
    return found;
  }
}

describe('Changes and requests at the hub at awkward moments', () => {
  let running: RunningHub;
  afterEach(() => running.close());

  it('connector#72: a document that changes while a claim reads it is delivered as it is now', async () => {
    const store = new SlowStore();
    running = await startHub({ store });
    const connector = await running.open('a');
    await connector.validate();
    store.slow = true;
    connector.sendClaim();
    const letGo = await waitFor('the read of the claim', () => store.letGo);
    await running.hub.setConfiguration('a', { room: 'hall' });
    letGo();
    expect(await connector.next()).toMatchObject({ op: 'configureExtension', object: { config: { room: 'hall' } } });
    // The same for a connector that was told to come back for an earlier change.
    await running.hub.setConfiguration('a', { room: 'attic' });
    expect(await connector.next()).toMatchObject({ op: 'reconnectRequired' });
    store.letGo = undefined;
    store.slow = true;
    connector.sendClaim();
    const again = await waitFor('the second read', () => store.letGo);
    await running.hub.setConfiguration('a', { room: 'cellar' });
    again();
    expect(await connector.next()).toMatchObject({ op: 'configureExtension', object: { config: { room: 'cellar' } } });
    await connector.close();
  });

  it('connector#53: while a claim reads its document, there is no connector yet, and nothing comes before the document', async () => {
    const store = new SlowStore();
    running = await startHub({ store });
    const connector = await running.open('a');
    await connector.validate();
    store.slow = true;
    connector.sendClaim();
    const letGo = await waitFor('the read of the claim', () => store.letGo);
    await expect(running.hub.publish('a', {})).rejects.toMatchObject({ messageCode: 'millrace.hub.noConnector' });
    await expect(running.hub.query('a')).rejects.toMatchObject({ messageCode: 'millrace.hub.noConnector' });
    letGo();
    expect(await connector.next()).toMatchObject({ op: 'configureExtension' });
    await running.hub.publish('a', { first: true });
    expect(await connector.next()).toMatchObject({ op: 'publish', object: { first: true } });
    await connector.close();
  });

  it('leaves nothing behind at a signal that outlives its queries', async () => {
    running = await startHub();
    const connector = await running.connect('a');
    const { signal } = new AbortController();
    for (let each = 0; each < 3; each += 1) {
      const asked = running.hub.query('a', {}, { signal });
      connector.respond((await connector.nextQuery()).address, 200, [{ each }]);
      expect(await asked).toEqual([{ each }]);
    }
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
