import { type ConnectivityOptions, ConnectivityModule, ConnectionRegistry } from '@millrace/connectivity';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { waitFor } from '../support/waiting.js';
import { driverOf, SETUPS } from './drivers.js';
import { exchange, rawRequest, requestBytes } from './raw-http.js';
import { RegistryClient, wire, type WireConnection } from './registry-client.js';

let redis: RunningRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

describe.each(SETUPS)('The protocol on $adapter with $driver', ({ adapter, driver }) => {
  let running: RunningApplication;
  let client: RegistryClient;
  let partitions = 0;
  let p: string;

  const start = (options: ConnectivityOptions = {}): Promise<RunningApplication> =>
    startApplication([ConnectivityModule.forRoot({ registry: driverOf(driver, redis), ...options })], { adapter });
  const entries = async (partition: string, pattern = '.*', dataType = 'T'): Promise<WireConnection[]> =>
    JSON.parse((await client.lookup(partition, pattern, dataType)).text) as WireConnection[];

  beforeAll(async () => {
    running = await start();
    client = new RegistryClient(running.url);
  });
  afterAll(() => running.close());
  beforeEach(() => {
    partitions += 1;
    p = `partition-${partitions}`;
  });

  it('rows 1 and 2: publishes with 200 and OK, to be looked up at once', async () => {
    expect(await client.publish(p, [wire('a')])).toMatchObject({ status: 200, text: 'OK' });
    expect(await client.names(p, 'a')).toEqual(['a']);
    expect((await client.lookup(p, 'a')).status).toBe(200);
    expect(await client.retract(p, ['a'])).toMatchObject({ status: 200, text: 'OK' });
  });

  it('row 4: serves HTTP/1.0, chunked bodies, keep-alive, and clients that hang up after the reply', async () => {
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

  it('row 5: takes 20,000 connections in one publication', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) =>
      wire(`connection_number_${index}`, { uri: `tcp://192.168.100.100:${10_000 + index}` }),
    );
    const reply = await client.publish(p, many);
    expect(reply).toMatchObject({ status: 200, text: 'OK' });
    expect(await client.names(p, 'connection_number_19999')).toEqual(['connection_number_19999']);
    expect(await entries(p)).toHaveLength(20_000);
    await client.post('/retract-partition', { partition: p });
  });

  it.each(['application/json', 'text/plain', 'application/octet-stream', 'nonsense', undefined])(
    'row 6: takes JSON declared as %s',
    async (type) => {
      const headers: Record<string, string> = type === undefined ? {} : { 'Content-Type': type };
      const body = JSON.stringify({ partition: p, connections: [wire('a')] });
      expect((await client.send({ path: '/publish', body, headers })).status).toBe(200);
      expect(await client.names(p, 'a')).toEqual(['a']);
    },
  );

  it('row 6: refuses JSON declared as a form, and says why', async () => {
    const reply = await client.publish(p, [wire('a')], { 'Content-Type': 'application/x-www-form-urlencoded' });
    expect(reply.status).toBe(400);
    expect(reply.text).toContain('application/json');
  });

  it('row 6: reads UTF-8 with a mark, and UTF-16 with and without one', async () => {
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

  it('rows 7 and 8: replaces in place; of equal names in one request the last wins', async () => {
    await client.publish(p, [wire('a'), wire('b'), wire('a', { uri: 'tcp://2' })]);
    await client.publish(p, [wire('a', { uri: 'tcp://3', capacity: 5 })]);
    expect(await entries(p)).toEqual([
      { uid: 'a', uri: 'tcp://3', connection_type: 0, data_type: 'T', capacity: 5 },
      { ...wire('b'), capacity: 0 },
    ]);
  });

  it('row 9: passes over elements without uid or uri', async () => {
    const reply = await client.publish(p, [{ uri: 'x' }, { uid: 'x' }, {}, wire('a')]);
    expect(reply).toMatchObject({ status: 200, text: 'OK' });
    expect(await client.names(p, '.*')).toEqual(['a']);
  });

  it('rows 10 and 21: an empty list makes a partition, which answers 200 []', async () => {
    expect((await client.publish(p, [])).status).toBe(200);
    expect(await client.lookup(p, '.*')).toMatchObject({ status: 200, text: '[]' });
  });

  it('rows 11, 14 and 56: ignores unknown members; answers text, integers and a capacity of 0', async () => {
    await client.post('/publish', { partition: p, connections: [{ ...wire('a'), more: [1] }], extra: {} });
    expect((await client.lookup(p, 'a')).text).toBe(
      '[{"uid":"a","uri":"tcp://host/a","connection_type":0,"data_type":"T","capacity":0}]',
    );
  });

  it('row 12: finds a name under the data type it was published with last', async () => {
    await client.publish(p, [wire('a')]);
    await client.publish(p, [wire('a', { data_type: 'U' })]);
    expect(await client.names(p, 'a', 'U')).toEqual(['a']);
  });

  it('row 13: keeps text of any script, also in partitions; + stays a plus sign', async () => {
    const name = 'Tür+門 🚪%/x';
    await client.publish(name, [wire('дверь-🚪', { uri: 'ü', data_type: '型' })]);
    const reply = await client.lookup(name, 'д.*', '型');
    expect(JSON.parse(reply.text)).toEqual([{ ...wire('дверь-🚪', { uri: 'ü', data_type: '型' }), capacity: 0 }]);
    await client.publish('a+b', [wire('plus')]);
    const body = JSON.stringify({ uid_regex: '.*', data_type: 'T' });
    expect((await client.send({ path: '/getconnection/a+b', body })).text).toContain('plus');
  });

  it('rows 15 to 18: matches the whole name as Python does, and data types exactly', async () => {
    await client.publish(
      p,
      ['DRO-001-tp', 'DRO-005-tp', 'dro-001-tp', 'x.y'].map((uid) => wire(uid)),
    );
    const found: [string, string[]][] = [
      ['DRO', []],
      ['001', []],
      ['tp', []],
      ['DRO-00[1-4]-tp', ['DRO-001-tp']],
      ['DRO-.*', ['DRO-001-tp', 'DRO-005-tp']],
      ['(?i)dro-.*?-TP', ['DRO-001-tp', 'DRO-005-tp', 'dro-001-tp']],
      ['^DRO-001-tp$', ['DRO-001-tp']],
      ['DRO-001-tp|x', ['DRO-001-tp']],
      [String.raw`\w+-\d{3}-tp`, ['DRO-001-tp', 'DRO-005-tp', 'dro-001-tp']],
      ['x.y', ['x.y']],
      [String.raw`x\.y`, ['x.y']],
    ];
    for (const [pattern, names] of found) expect([pattern, await client.names(p, pattern)]).toEqual([pattern, names]);
    expect(await client.names(p, '.*', 't')).toEqual([]);
    expect(await client.names(p, '.*', '.*')).toEqual([]);
    await client.publish(p, [wire('untyped', { data_type: '' })]);
    expect(await client.names(p, '.*', '')).toEqual(['untyped']);
  });

  it('rows 19 and 20: answers in the order of first publication; what was retracted comes last', async () => {
    await client.publish(p, [wire('c'), wire('a')]);
    await client.publish(p, [wire('b'), wire('c')]);
    expect(await client.names(p, '.*')).toEqual(['c', 'a', 'b']);
    await client.retract(p, ['c']);
    await client.publish(p, [wire('c')]);
    expect(await client.names(p, '.*')).toEqual(['a', 'b', 'c']);
  });

  it('rows 22 and 23: 404 for an unknown partition, but 400 for a bad question before that', async () => {
    expect((await client.lookup('unknown', '.*')).status).toBe(404);
    const bodies = [{ uid_regex: '.*' }, { data_type: 'T' }, {}, [], { uid_regex: 1, data_type: 'T' }];
    for (const body of bodies) expect((await client.post('/getconnection/unknown', body)).status).toBe(400);
    expect((await client.lookup('unknown', '(')).status).toBe(400);
  });

  it('row 24: refuses invalid patterns with 400 and a reason', async () => {
    await client.publish(p, [wire('a')]);
    for (const pattern of [
      '(',
      '[a',
      '*',
      'a**',
      'a{2,1}',
      String.raw`\1`,
      '(?<=a)b',
      String.raw`\bword`,
      '[[:alpha:]]',
    ]) {
      const reply = await client.lookup(p, pattern);
      expect([pattern, reply.status]).toEqual([pattern, 400]);
      expect(reply.text).toContain('pattern');
    }
  });

  it.each(['', '{', 'null', '7', '"text"', '[]', '\xff\xfe', '{"partition": "x"'])(
    'row 25: refuses the body %j with 400 on every path',
    async (body) => {
      for (const path of ['/publish', '/retract', '/retract-partition', '/getconnection/x'])
        expect([path, (await client.post(path, Buffer.from(body, 'latin1'))).status]).toEqual([path, 400]);
      expect((await client.get('/live')).status).toBe(200);
    },
  );

  it('row 26: looks up by GET with a body', async () => {
    await client.publish(p, [wire('a')]);
    const body = JSON.stringify({ uid_regex: '.*', data_type: 'T' });
    const headers = { 'Content-Type': 'application/json' };
    const reply = await client.send({ method: 'GET', path: `/getconnection/${p}`, body, headers });
    expect(reply).toMatchObject({ status: 200, text: expect.stringContaining('"uid":"a"') });
  });

  it('row 27: keeps partitions apart', async () => {
    await client.publish(p, [wire('a')]);
    await client.publish(`${p}-2`, [wire('a', { uri: 'tcp://2' })]);
    await client.retract(p, ['a']);
    expect(await entries(`${p}-2`)).toMatchObject([{ uri: 'tcp://2' }]);
  });

  it('rows 28 and 29: retracts literal names, whatever data type is given', async () => {
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

  it('rows 30 to 32: 404 after removing the known; the last one takes the partition along', async () => {
    await client.publish(p, [wire('a'), wire('b')]);
    expect((await client.retract(p, ['x', 'a'])).status).toBe(404);
    expect(await client.names(p, '.*')).toEqual(['b']);
    expect((await client.retract(p, ['b'])).status).toBe(200);
    expect((await client.lookup(p, '.*')).status).toBe(404);
    const reply = await client.retract(p, ['b']);
    expect([reply.status, reply.text]).toEqual([404, expect.stringContaining(`partition ${p} not found`)]);
  });

  it('row 33: takes an empty retraction', async () => {
    await client.publish(p, [wire('a')]);
    expect((await client.retract(p, [])).status).toBe(200);
    expect(await client.names(p, '.*')).toEqual(['a']);
    await client.publish(`${p}-empty`, []);
    expect((await client.retract(`${p}-empty`, [])).status).toBe(200);
    expect((await client.lookup(`${p}-empty`, '.*')).status).toBe(404);
  });

  it('row 34: retracts a partition by form, urlencoded and multipart', async () => {
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

  it('row 35: retracts a partition by JSON', async () => {
    await client.publish(p, [wire('a')]);
    expect(await client.post('/retract-partition', { partition: p })).toMatchObject({ status: 200, text: 'OK' });
    expect((await client.post('/retract-partition', { partition: p })).status).toBe(404);
    expect((await client.post('/retract-partition', { other: p })).status).toBe(400);
  });

  it('rows 41 and 42: shows publications whole, loses none, and answers lookups within 0.5 s meanwhile', async () => {
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
    expect(await entries(p)).toHaveLength(128);
  });

  it('rows 43 and 55: shows everything on the front page, escaped', async () => {
    await client.publish(`${p}<b>`, [wire('<script>alert(1)</script>', { uri: '"&\'' })]);
    const page = await client.get('/');
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.text).toContain('Dump of configuration dictionary');
    expect(page.text).toContain(`${p}&lt;b&gt;`);
    expect(page.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page.text).not.toContain('<script>');
    expect(page.text).toContain('calls to publish');
  });

  it('rows 44 to 47 and 52: counts successes, resets figures, and goes on after it', async () => {
    await client.get('/resetService');
    await client.publish(p, [wire('a'), wire('b')]);
    await client.lookup(p, '.*');
    await client.lookup('unknown', '.*');
    await client.post('/publish', '{');
    await client.retract(p, ['b']);
    const stats = await client.get('/stats');
    expect(stats.text).toContain('<h1>Connection server statistics</h1>');
    expect(stats.text).toContain('1 calls to publish');
    expect(stats.text).toContain('1 calls to lookup');
    expect(stats.text).toContain(`<td>${p}</td><td>2</td>`);
    expect((await client.get('/resetStats')).text).toContain('1 calls to publish');
    expect((await client.get('/stats')).text).toContain('0 calls to publish');
    expect(await client.names(p, '.*')).toEqual(['a']);
    expect((await client.publish(p, [wire('c')])).status).toBe(200);
    expect(await client.names(p, '.*')).toEqual(['a', 'c']);
    expect((await client.get('/resetService')).text).toContain('1 calls to publish');
    expect((await client.lookup(p, '.*')).status).toBe(404);
    expect((await client.get('/')).text).toContain('None');
  });

  it('row 48: 404 for unknown paths, 405 with Allow for other methods, HEAD and OPTIONS', async () => {
    for (const path of [
      '/nothing',
      '/publish/',
      '/PUBLISH',
      '/getconnection/',
      '/getconnection',
      '/getconnection/a/b',
      '/stats/',
    ])
      expect([path, (await client.get(path)).status]).toEqual([path, 404]);
    const allowed: [string, string, string[]][] = [
      ['/publish', 'POST, OPTIONS', ['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD']],
      ['/retract', 'POST, OPTIONS', ['GET', 'PUT']],
      ['/retract-partition', 'POST, OPTIONS', ['GET']],
      ['/getconnection/x', 'GET, HEAD, POST, OPTIONS', ['PUT', 'DELETE']],
      ...['/', '/stats', '/resetStats', '/resetService', '/live', '/ready'].map(
        (path) => [path, 'GET, HEAD, OPTIONS', ['POST', 'DELETE']] as [string, string, string[]],
      ),
    ];
    for (const [path, allow, methods] of allowed) {
      for (const method of methods) {
        const reply = await client.send({ method, path });
        expect([method, path, reply.status, reply.headers['allow']]).toEqual([method, path, 405, allow]);
      }
      const options = await client.send({ method: 'OPTIONS', path });
      expect([path, options.status, options.headers['allow']]).toEqual([path, 200, allow]);
    }
    const head = await client.send({ method: 'HEAD', path: '/' });
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it('row 49: takes the names of objects for ordinary ones', async () => {
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty']) {
      const body = `{"partition":"${name}","connections":[{"uid":"${name}","uri":"u","data_type":"T","connection_type":0}]}`;
      expect((await client.post('/publish', body)).status).toBe(200);
      expect(await client.names(name, name)).toEqual([name]);
      expect((await client.retract(name, [name])).status).toBe(200);
    }
  });

  it('rows 50 and 51: refuses malformed publications whole, and serves on', async () => {
    await client.publish(p, [wire('before')]);
    const good = wire('good');
    const lists: unknown[] = [
      undefined,
      null,
      'text',
      {},
      [good, null],
      [good, 'x'],
      [good, 7],
      [good, []],
      [good, { ...wire('x'), uid: 7 }],
      [good, { ...wire('x'), uid: null }],
      [good, { ...wire('x'), uri: ['x'] }],
      [good, { ...wire('x'), data_type: undefined }],
      [good, { ...wire('x'), connection_type: undefined }],
      [good, { ...wire('x'), connection_type: 'kPubSub' }],
      [good, { ...wire('x'), connection_type: true }],
      [good, { ...wire('x'), connection_type: null }],
      [good, { ...wire('x'), connection_type: 1.5 }],
      [good, { ...wire('x'), capacity: 'big' }],
      [good, wire('x'.repeat(1025))],
      [good, wire('x', { uri: 'x'.repeat(4097) })],
    ];
    for (const connections of lists) {
      const reply = await client.post('/publish', { partition: p, connections });
      expect([connections, reply.status]).toEqual([connections, 400]);
      expect(JSON.parse(reply.text)).toEqual({ detail: expect.stringMatching(/./) });
    }
    for (const partition of [undefined, null, 7, [], {}, '', 'x'.repeat(1025)])
      expect((await client.post('/publish', { partition, connections: [good] })).status).toBe(400);
    for (const connections of [undefined, null, [{}], [{ connection_id: 7 }], [null]])
      expect((await client.post('/retract', { partition: p, connections })).status).toBe(400);
    expect(await client.names(p, '.*')).toEqual(['before']);
  });

  it('row 54: answers valid JSON whatever the names hold', async () => {
    const uid = 'a"\\\n\t\u0000\u2028</script>}]';
    await client.post(
      '/publish',
      `{"partition":"${p}","connections":[${JSON.stringify(wire(uid))},{"uid":"\\ud800","uri":"","data_type":"T","connection_type":0}]}`,
    );
    expect((await entries(p, '(?s).*')).map((each) => each.uid)).toEqual([uid, '\ud800']);
  });

  it('row 56: is live and ready', async () => {
    for (const path of ['/live', '/ready']) expect(await client.get(path)).toMatchObject({ status: 200, text: 'OK' });
  });

  it('limits bodies, lists and patterns with 4xx', async () => {
    const small = await start({
      limits: { maxBodyBytes: 2000, maxPublish: 3, maxPatternLength: 10, maxPartitions: 1 },
    });
    try {
      const tight = new RegistryClient(small.url);
      expect((await tight.publish('x', [wire('a'.repeat(1000)), wire('b'.repeat(1000))])).status).toBe(413);
      expect(
        (
          await tight.publish(
            'x',
            ['a', 'b', 'c', 'd'].map((uid) => wire(uid)),
          )
        ).status,
      ).toBe(413);
      expect((await tight.publish('x', [wire('a')])).status).toBe(200);
      expect((await tight.publish('y', [wire('a')])).status).toBe(429);
      expect((await tight.lookup('x', 'a'.repeat(11))).status).toBe(400);
      expect(await tight.names('x', 'a')).toEqual(['a']);
    } finally {
      await small.close();
    }
  });

  it('rows 36 to 40: hides what is not announced any more, and takes it back or retracts it', async () => {
    const short = await start({ ttl: 1000 });
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
    await client.publish(p, [wire('a')]);
    const [listed] = await running.app.get(ConnectionRegistry).list(p);
    expect(listed).toMatchObject({ live: true, publisher: undefined });
    expect((listed?.expiresAt ?? 0) - (listed?.publishedAt ?? 0)).toBe(10_000);
  });
});

describe('Row 3: requests without Host on Fastify', () => {
  it('serves publish, lookup and retract', async () => {
    const { Test } = await import('@nestjs/testing');
    const module = await Test.createTestingModule({
      imports: [ConnectivityModule.forRoot({ sockets: false })],
    }).compile();
    const app = module.createNestApplication(new FastifyAdapter({ http: { requireHostHeader: false } }) as never, {
      logger: false,
    });
    await app.listen(0, '127.0.0.1');
    try {
      const { port } = app.getHttpServer().address() as { port: number };
      const post = (path: string, body: unknown) =>
        rawRequest(`http://127.0.0.1:${port}`, {
          path,
          body: JSON.stringify(body),
          headers: { 'Content-Type': 'application/json' },
        });
      expect((await post('/publish', { connections: [wire('a')], partition: 'p' })).status).toBe(200);
      expect((await post('/getconnection/p', { data_type: 'T', uid_regex: 'a' })).text).toContain('"uid":"a"');
      expect((await post('/retract', { connections: [{ connection_id: 'a' }], partition: 'p' })).status).toBe(200);
    } finally {
      await app.close();
    }
  });
});
