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
      await shortLived.publish('x', [wire('a'), wire('b'), wire('c')]);
      expect(await shortLived.names('x', '.*')).toEqual(['a', 'b', 'c']);
      await waitFor('the expiry of all but a', async () => {
        await shortLived.publish('x', [wire('a')]);
        return (await shortLived.names('x', '.*')).join() === 'a';
      });
      await waitFor('the expiry of a', async () => (await shortLived.lookup('x', '.*')).text === '[]');
      expect((await shortLived.get('/')).text).toContain('<s style="color:red">a</s>');
      expect((await shortLived.retract('x', ['b'])).status).toBe(200);
      await shortLived.publish('x', [wire('c'), wire('a')]);
      expect(await shortLived.names('x', '.*')).toEqual(['a', 'c']);
    } finally {
      await short.close();
    }
  });

  it('shows in a listing what the registry holds', async () => {
    const { client, p, running } = on;
    await client.publish(p, [wire('a')]);
    const [listed] = await running.app.get(ConnectionRegistry).list(p);
    expect(listed).toMatchObject({ live: true, publisher: undefined });
    expect((listed?.expiresAt ?? 0) - (listed?.publishedAt ?? 0)).toBe(10_000);
  });
});
