import { describeOnEachRoute } from './drivers.js';
import { exchange, rawRequest, requestBytes } from './raw-http.js';
import { wire } from './registry-client.js';

describeOnEachRoute('Publishing and looking up', (on) => {
  it('connectivity#1 #2: publishes with 200 and OK, to be looked up at once', async () => {
    const { client, p } = on;
    expect(await client.publish(p, [wire('a')])).toMatchObject({ status: 200, text: 'OK' });
    expect(await client.names(p, 'a')).toEqual(['a']);
    expect((await client.lookup(p, 'a')).status).toBe(200);
    expect(await client.retract(p, ['a'])).toMatchObject({ status: 200, text: 'OK' });
  });

  it('connectivity#4: serves HTTP/1.0, chunked bodies, keep-alive, and clients that hang up after the reply', async () => {
    const { client, p, running } = on;
    const body = JSON.stringify({ partition: p, connections: [wire('a')] });
    expect((await rawRequest(running.url, { path: '/publish', body, version: '1.0' })).status).toBe(200);
    const chunked = [body.slice(0, 10), body.slice(10), '']
      .map((part) => `${part.length.toString(16)}\r\n${part}\r\n`)
      .join('');
    const headers = { 'Transfer-Encoding': 'chunked' };
    expect((await client.send({ path: '/publish', body: chunked, headers })).status).toBe(200);
    const lookup = requestBytes({
      path: `/getconnection/${p}`,
      host: 'x',
      body: JSON.stringify({ uid_regex: 'a', data_type: 'T' }),
    });
    const replies = await exchange(running.url, Buffer.concat([lookup, lookup, lookup]), 3);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('connectivity#5: takes 20,000 connections in one publication', async () => {
    const { client, p } = on;
    const many = Array.from({ length: 20_000 }, (_, index) =>
      wire(`connection_number_${index}`, { uri: `tcp://192.168.100.100:${10_000 + index}` }),
    );
    const reply = await client.publish(p, many);
    expect(reply).toMatchObject({ status: 200, text: 'OK' });
    expect(await client.names(p, 'connection_number_19999')).toEqual(['connection_number_19999']);
    expect(await client.entries(p)).toHaveLength(20_000);
    await client.post('/retract-partition', { partition: p });
  });

  it.each(['application/json', 'text/plain', 'application/octet-stream', 'nonsense', undefined])(
    'connectivity#6: takes JSON declared as %s',
    async (type) => {
      const { client, p } = on;
      const headers: Record<string, string> = type === undefined ? {} : { 'Content-Type': type };
      const body = JSON.stringify({ partition: p, connections: [wire('a')] });
      expect((await client.send({ path: '/publish', body, headers })).status).toBe(200);
      expect(await client.names(p, 'a')).toEqual(['a']);
    },
  );

  it('connectivity#6: refuses JSON declared as a form, and says why', async () => {
    const { client, p } = on;
    const reply = await client.publish(p, [wire('a')], { 'Content-Type': 'application/x-www-form-urlencoded' });
    expect(reply.status).toBe(400);
    expect(reply.text).toContain('application/json');
  });

  it('connectivity#6: reads UTF-8 with a mark, and UTF-16 with and without one', async () => {
    const { client, p } = on;
    const text = JSON.stringify({ partition: p, connections: [wire('ü')] });
    const bigEndian = Buffer.from(text, 'utf16le').swap16();
    const bodies = [
      Buffer.from(`\ufeff${text}`),
      Buffer.from(`\ufeff${text}`, 'utf16le'),
      Buffer.from(text, 'utf16le'),
      bigEndian,
    ];
    for (const body of bodies) expect((await client.send({ path: '/publish', body })).status).toBe(200);
    expect(await client.names(p, 'ü')).toEqual(['ü']);
  });

  it('connectivity#7 #8: replaces in place; of equal names in one request the last wins', async () => {
    const { client, p } = on;
    await client.publish(p, [wire('a'), wire('b'), wire('a', { uri: 'tcp://2' })]);
    expect(await client.entries(p)).toMatchObject([{ uid: 'a', uri: 'tcp://2' }, { uid: 'b' }]);
    await client.publish(p, [wire('a', { uri: 'tcp://3', capacity: 5 })]);
    expect(await client.entries(p)).toEqual([
      { uid: 'a', uri: 'tcp://3', connection_type: 0, data_type: 'T', capacity: 5 },
      { ...wire('b'), capacity: 0 },
    ]);
  });

  it('connectivity#9: passes over elements without uid or uri', async () => {
    const { client, p } = on;
    const reply = await client.publish(p, [{ uri: 'x' }, { uid: 'x' }, {}, wire('a')]);
    expect(reply).toMatchObject({ status: 200, text: 'OK' });
    expect(await client.names(p, '.*')).toEqual(['a']);
  });

  it('connectivity#10 #21: an empty list makes a partition, which answers 200 []', async () => {
    const { client, p } = on;
    expect((await client.publish(p, [])).status).toBe(200);
    expect(await client.lookup(p, '.*')).toMatchObject({ status: 200, text: '[]' });
  });

  it('connectivity#11 #14 #56: ignores unknown members; answers text, integers and a capacity of 0', async () => {
    const { client, p } = on;
    await client.post('/publish', { partition: p, connections: [{ ...wire('a'), more: [1] }], extra: {} });
    expect((await client.lookup(p, 'a')).text).toBe(
      '[{"uid":"a","uri":"tcp://host/a","connection_type":0,"data_type":"T","capacity":0}]',
    );
  });

  it('connectivity#12: finds a name under the data type it was published with last', async () => {
    const { client, p } = on;
    await client.publish(p, [wire('a')]);
    await client.publish(p, [wire('a', { data_type: 'U' })]);
    expect(await client.names(p, 'a', 'U')).toEqual(['a']);
  });

  it('connectivity#13: keeps text of any script, also in partitions; + stays a plus sign', async () => {
    const { client } = on;
    const name = 'Tür+門 🚪%/x';
    await client.publish(name, [wire('дверь-🚪', { uri: 'ü', data_type: '型' })]);
    const reply = await client.lookup(name, 'д.*', '型');
    expect(JSON.parse(reply.text)).toEqual([{ ...wire('дверь-🚪', { uri: 'ü', data_type: '型' }), capacity: 0 }]);
    await client.publish('a+b', [wire('plus')]);
    const body = JSON.stringify({ uid_regex: '.*', data_type: 'T' });
    expect((await client.send({ path: '/getconnection/a+b', body })).text).toContain('plus');
  });

  it('connectivity#19 #20: answers in the order of first publication; what was retracted comes last', async () => {
    const { client, p } = on;
    await client.publish(p, [wire('c'), wire('a')]);
    await client.publish(p, [wire('b'), wire('c')]);
    expect(await client.names(p, '.*')).toEqual(['c', 'a', 'b']);
    await client.retract(p, ['c']);
    await client.publish(p, [wire('c')]);
    expect(await client.names(p, '.*')).toEqual(['a', 'b', 'c']);
  });

  it('connectivity#26: looks up by GET with a body', async () => {
    const { client, p } = on;
    await client.publish(p, [wire('a')]);
    const body = JSON.stringify({ uid_regex: '.*', data_type: 'T' });
    const headers = { 'Content-Type': 'application/json' };
    const reply = await client.send({ method: 'GET', path: `/getconnection/${p}`, body, headers });
    expect(reply).toMatchObject({ status: 200, text: expect.stringContaining('"uid":"a"') });
  });
});
