import { connect, type Socket } from 'node:net';
import { describeOnEachRoute } from './drivers.js';
import { requestBytes } from './raw-http.js';
import { type RegistryClient, wire } from './registry-client.js';

const PUBLISHERS = [0, 1, 2, 3, 4, 5, 6, 7];

/** Patience of the Python client, in milliseconds. */
const PATIENCE = 500;

/** Publications that may come before a lookup: those that were under way, and the next of each publisher. */
const BEFORE = 2 * PUBLISHERS.length;

/** Publishes by several clients until it is told to stop; answers how often they did. */
function publishBusily(
  client: RegistryClient,
  partition: string,
  publishers: readonly number[] = PUBLISHERS,
): { rounds: () => number; stop: () => Promise<number> } {
  let over = false;
  let done = 0;
  const batch = Array.from({ length: 100 }, (_, index) => wire(`busy-${index}`));
  const publisher = async (): Promise<void> => {
    for (; !over; done += 1) expect((await client.publish(partition, batch)).status).toBe(200);
  };
  const all = Promise.all(publishers.map(publisher));
  return {
    rounds: () => done,
    stop: async () => {
      over = true;
      await all;
      return done;
    },
  };
}

/** Sends a publication without its last byte. */
async function publishHalf(url: string, partition: string): Promise<{ finish: () => void; socket: Socket }> {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify({ partition, connections: [wire('late')] });
  const bytes = requestBytes({ path: '/publish', host: 'registry', body });
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve) => socket.write(bytes.subarray(0, -1), () => resolve()));
  return { socket, finish: () => socket.write(bytes.subarray(-1)) };
}

describeOnEachRoute('Requests at the same time', (on) => {
  it('connectivity#41: shows publications whole, and loses none', async () => {
    const { client, p } = on;
    let over = false;
    const publish = async (who: number): Promise<void> => {
      for (let round = 0; round < 8; round += 1) {
        const pair = [wire(`${who}-${round}-x`), wire(`${who}-${round}-y`)];
        expect((await client.publish(p, pair)).status).toBe(200);
      }
    };
    await client.publish(p, []);
    const publishing = Promise.all(PUBLISHERS.map(publish)).finally(() => (over = true));
    const seen = new Set<number>();
    while (!over) seen.add((await client.entries(p)).length);
    await publishing;
    expect([...seen].filter((count) => count % 2 === 1)).toEqual([]);
    expect(await client.entries(p)).toHaveLength(128);
  });

  it('connectivity#42: answers lookups within 0.5 s while others publish, and while publications are under way', async () => {
    const { client, running, p } = on;
    await client.publish(p, [wire('wanted')]);
    const half = await Promise.all(PUBLISHERS.map(() => publishHalf(running.url, p)));
    const busy = publishBusily(client, p);
    // On a machine that is slow for all of them, the turns that a lookup has to wait tell whether it waits for others.
    const late: { took: number; published: number }[] = [];
    for (let round = 0; round < 20; round += 1) {
      const [start, before, used] = [performance.now(), busy.rounds(), process.cpuUsage()];
      expect(await client.names(p, 'wanted')).toEqual(['wanted']);
      const [took, published] = [performance.now() - start, busy.rounds() - before];
      const { user, system } = process.cpuUsage(used);
      // While the machine stands still, nothing is published either, but this process does no work.
      const heldUp = published > BEFORE || (published === 0 && (user + system) / 1000 > PATIENCE);
      if (took > PATIENCE && heldUp) late.push({ took, published });
    }
    expect(await busy.stop()).toBeGreaterThanOrEqual(PUBLISHERS.length);
    // Lookups follow each other, so a moment in which the machine stands still can meet one of them at most.
    expect(late.length).toBeLessThanOrEqual(1);
    expect(await client.names(p, 'late')).toEqual([]);
    const replies = half.map(({ socket }) => new Promise((resolve) => socket.once('data', resolve)));
    for (const { finish } of half) finish();
    for (const reply of await Promise.all(replies)) expect(String(reply)).toMatch(/^HTTP\/1.1 200/);
    for (const { socket } of half) socket.destroy();
    expect(await client.names(p, 'late')).toEqual(['late']);
  });

  it('connectivity#55: shows its pages, escaped, while others publish and partitions come and go', async () => {
    const { client, p } = on;
    await client.publish(`${p}-busy`, [wire('busy-99')]);
    const busy = publishBusily(client, `${p}-busy`, [0, 1]);
    let over = false;
    const comeAndGo = async (who: number): Promise<void> => {
      for (let round = 0; !over; round += 1) {
        const name = `${p}-<i>${who}-${round}`;
        expect((await client.publish(name, [wire('<b>')])).status).toBe(200);
        const body =
          round % 2 === 0 ? client.retract(name, ['<b>']) : client.post('/retract-partition', { partition: name });
        expect((await body).status).toBe(200);
      }
    };
    const changing = Promise.all([0, 1].map(comeAndGo));
    for (let round = 0; round < 10; round += 1) {
      const [page, statistics] = await Promise.all([client.get('/'), client.get('/stats')]);
      expect([page.status, statistics.status]).toEqual([200, 200]);
      expect(page.text).toContain('Dump of configuration dictionary');
      expect(page.text).toContain('busy-99');
      expect(statistics.text).toContain('calls to publish');
      expect(page.text + statistics.text).not.toMatch(/<i>|<b>/);
    }
    over = true;
    await changing;
    await busy.stop();
  });
});
