import { describeOnEachRoute } from './drivers.js';
import { wire } from './registry-client.js';

describeOnEachRoute('Retracting', (on) => {
  it('connectivity#27: keeps partitions apart', async () => {
    const { client, p } = on;
    await client.publish(p, [wire('a')]);
    await client.publish(`${p}-2`, [wire('a', { uri: 'tcp://2' })]);
    await client.retract(p, ['a']);
    expect(await client.entries(`${p}-2`)).toMatchObject([{ uri: 'tcp://2' }]);
  });

  it('connectivity#28 #29: retracts literal names, whatever data type is given', async () => {
    const { client, p } = on;
    await client.publish(p, [wire('a'), wire('b'), wire('c'), wire('d')]);
    const ids = [
      { connection_id: 'a' },
      { connection_id: 'b', data_type: 'run-control-messages' },
      { connection_id: 'c', data_type: 7 },
    ];
    expect(await client.post('/retract', { partition: p, connections: ids })).toMatchObject({
      status: 200,
      text: 'OK',
    });
    expect(await client.names(p, '.*')).toEqual(['d']);
    expect((await client.retract(p, ['.*'])).status).toBe(404);
  });

  it('connectivity#30 #31 #32: 404 after removing the known; the last one takes the partition along', async () => {
    const { client, p } = on;
    await client.publish(p, [wire('a'), wire('b')]);
    expect((await client.retract(p, ['x', 'a'])).status).toBe(404);
    expect(await client.names(p, '.*')).toEqual(['b']);
    expect((await client.retract(p, ['b'])).status).toBe(200);
    expect((await client.lookup(p, '.*')).status).toBe(404);
    const reply = await client.retract(p, ['b']);
    expect([reply.status, reply.text]).toEqual([404, expect.stringContaining(`partition ${p} not found`)]);
  });

  it('connectivity#33: takes an empty retraction', async () => {
    const { client, p } = on;
    await client.publish(p, [wire('a')]);
    expect((await client.retract(p, [])).status).toBe(200);
    expect(await client.names(p, '.*')).toEqual(['a']);
    await client.publish(`${p}-empty`, []);
    expect((await client.retract(`${p}-empty`, [])).status).toBe(200);
    expect((await client.lookup(`${p}-empty`, '.*')).status).toBe(404);
  });

  it('connectivity#34: retracts a partition by form, urlencoded and multipart', async () => {
    const { client, p } = on;
    const form = 'application/x-www-form-urlencoded';
    const name = `${p} x+y`;
    await client.publish(name, [wire('a')]);
    const encoded = `partition=${p}+x%2By&partition=other`;
    const byForm = await client.post('/retract-partition', encoded, { 'Content-Type': form });
    expect(byForm).toMatchObject({ status: 200, text: 'OK' });
    expect((await client.lookup(name, '.*')).status).toBe(404);
    expect((await client.post('/retract-partition', encoded, { 'Content-Type': form })).status).toBe(404);
    expect((await client.post('/retract-partition?partition=x', 'a=b', { 'Content-Type': form })).status).toBe(400);
    await client.publish(p, [wire('a')]);
    const part = `--X\r\nContent-Disposition: form-data; name="partition"\r\n\r\n${p}\r\n--X--\r\n`;
    const multipart = await client.post('/retract-partition', part, {
      'Content-Type': 'multipart/form-data; boundary=X',
    });
    expect(multipart).toMatchObject({ status: 200, text: 'OK' });
    const broken = await client.post('/retract-partition', part, { 'Content-Type': 'multipart/form-data' });
    expect(broken.status).toBe(400);
  });

  it('connectivity#35: retracts a partition by JSON', async () => {
    const { client, p } = on;
    await client.publish(p, [wire('a')]);
    expect(await client.post('/retract-partition', { partition: p })).toMatchObject({ status: 200, text: 'OK' });
    expect((await client.post('/retract-partition', { partition: p })).status).toBe(404);
    expect((await client.post('/retract-partition', { other: p })).status).toBe(400);
  });
});
