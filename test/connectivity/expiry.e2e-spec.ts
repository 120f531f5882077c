import { ConnectionRegistry } from '@millrace/connectivity';
import { waitFor } from '../support/waiting.js';
import { describeOnEachSetup } from './drivers.js';
import { RegistryClient, wire } from './registry-client.js';

describeOnEachSetup('Expiry', (on) => {
  it('connectivity#36 #37 #38 #39 #40: hides what is not announced any more, and takes it back or retracts it', async () => {
    const { start } = on;
    const short = await start({ ttl: 3000 });
    try {
      const shortLived = new RegistryClient(short.url);
      // What a busy machine lets expire before it is looked up is published again.
      const shown = async (published: string[], expected: string[]): Promise<boolean> => {
        await shortLived.publish(
          'x',
          published.map((uid) => wire(uid)),
        );
        return (await shortLived.names('x', '.*')).join() === expected.join();
      };
      await waitFor('all', () => shown(['a', 'b', 'c'], ['a', 'b', 'c']));
      await waitFor('the expiry of all but a', () => shown(['a'], ['a']));
      await waitFor('the expiry of a', async () => (await shortLived.lookup('x', '.*')).text === '[]');
      expect((await shortLived.get('/')).text).toContain('<s>a</s>');
      expect((await shortLived.retract('x', ['b'])).status).toBe(200);
      await waitFor('both, in their old order', () => shown(['c', 'a'], ['a', 'c']));
    } finally {
      await short.close();
    }
  });

  it('shows in a listing what the registry holds', async () => {
    const { p, start } = on;
    const running = await start();
    try {
      await new RegistryClient(running.url).publish(p, [wire('a')]);
      const [listed] = await running.app.get(ConnectionRegistry).list(p);
      expect(listed).toMatchObject({ live: true, publisher: undefined });
      expect((listed?.expiresAt ?? 0) - (listed?.publishedAt ?? 0)).toBe(10_000);
    } finally {
      await running.close();
    }
  });
});
