import { describeOnEachSetup } from './drivers.js';
import { wire } from './registry-client.js';

describeOnEachSetup('Requests at the same time', (on) => {
  it('rows 41 and 42: shows publications whole, loses none, and answers lookups within 0.5 s meanwhile', async () => {
    const { client, p } = on;
    let over = false;
    const publish = async (who: number): Promise<void> => {
      for (let round = 0; round < 8; round += 1) {
        const pair = [wire(`${who}-${round}-x`), wire(`${who}-${round}-y`)];
        expect((await client.publish(p, pair)).status).toBe(200);
      }
    };
    const publishing = Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(publish)).finally(() => (over = true));
    while (!over) {
      const reply = await client.lookup(p, '.*');
      if (reply.status === 200) expect((JSON.parse(reply.text) as unknown[]).length % 2).toBe(0);
    }
    await publishing;
    expect(await client.entries(p)).toHaveLength(128);
  });
});
