import { connect } from 'node:net';
import { describeOnEachRoute } from './drivers.js';
import { requestBytes } from './raw-http.js';
import { RegistryClient, wire } from './registry-client.js';

/** Sends bytes and no more; answers what came back until the connection ended. */
function answerTo(url: string, bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    // Hanging up on such a client is as good as an answer.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}

describeOnEachRoute('Malformed requests', (on) => {
  it('connectivity#22 #23: 404 for an unknown partition, but 400 for a bad question before that', async () => {
    const { client } = on;
    expect((await client.lookup('unknown', '.*')).status).toBe(404);
    const bodies = [{ uid_regex: '.*' }, { data_type: 'T' }, {}, [], { uid_regex: 1, data_type: 'T' }];
    for (const body of bodies) expect((await client.post('/getconnection/unknown', body)).status).toBe(400);
    expect((await client.lookup('unknown', '(')).status).toBe(400);
  });

  it.each(['', '{', 'null', '7', '"text"', '[]', '\xff\xfe', '{"partition": "x"'])(
    'connectivity#25: refuses the body %j with 400 on every path',
    async (body) => {
      const { client } = on;
      for (const path of ['/publish', '/retract', '/retract-partition', '/getconnection/x'])
        expect([path, (await client.post(path, Buffer.from(body, 'latin1'))).status]).toEqual([path, 400]);
      expect((await client.get('/live')).status).toBe(200);
    },
  );

  it('connectivity#49: takes the names of objects for ordinary ones', async () => {
    const { client } = on;
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty']) {
      const body = `{"partition":"${name}","connections":[{"uid":"${name}","uri":"u","data_type":"T","connection_type":0}]}`;
      expect((await client.post('/publish', body)).status).toBe(200);
      expect(await client.names(name, name)).toEqual([name]);
      expect((await client.retract(name, [name])).status).toBe(200);
    }
  });

  it('connectivity#50 #51: refuses malformed publications whole, and serves on', async () => {
    const { client, p } = on;
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

  it('connectivity#50: serves on after bytes that are no request, or only the beginning of one', async () => {
    const { client, running, p } = on;
    await client.publish(p, [wire('a')]);
    const publication = JSON.stringify({ partition: p, connections: [wire('b')] });
    const good = requestBytes({ path: '/publish', host: 'registry', body: publication });
    const head = 'POST /publish HTTP/1.1\r\nHost: registry\r\n';
    const hostile: (string | Buffer)[] = [
      '\r\n',
      'garbage\r\n\r\n',
      Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc]),
      good.subarray(0, 30),
      good.subarray(0, -1),
      `${head}Content-Length: nonsense\r\n\r\n{}`,
      `${head}Content-Length: -1\r\n\r\n{}`,
      `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
      `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
      `${head}Transfer-Encoding: chunked\r\n\r\n2\r\n{}`,
      `${head}X: ${'x'.repeat(100_000)}\r\n\r\n`,
      'POST /getconnection/%zz HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}',
      'POST /getconnection/%ff HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}',
      `POST /getconnection/${'x'.repeat(10_000)} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}`,
    ];
    for (const bytes of hostile) {
      const answer = await answerTo(running.url, Buffer.from(bytes));
      expect([bytes.toString(), answer]).toEqual([bytes.toString(), expect.stringMatching(/^$|^HTTP\/1\.1 4\d\d /)]);
      expect(await client.names(p, '.*')).toEqual(['a']);
    }
    const deep = `{"partition":"${p}","connections":[{"uid":${'['.repeat(100_000)}${']'.repeat(100_000)},"uri":""}]}`;
    expect((await client.post('/publish', deep)).status).toBe(400);
    expect((await client.post('/publish', good)).status).toBe(400);
    expect((await client.publish(p, [wire('b')])).status).toBe(200);
    expect(await client.names(p, '.*')).toEqual(['a', 'b']);
  });

  it('connectivity#54: answers valid JSON whatever the names hold', async () => {
    const { client, p } = on;
    const uid = 'a"\\\n\t\u0000\u2028</script>}]';
    await client.post(
      '/publish',
      `{"partition":"${p}","connections":[${JSON.stringify(wire(uid))},{"uid":"\\ud800","uri":"","data_type":"T","connection_type":0}]}`,
    );
    expect((await client.entries(p, '(?s).*')).map((each) => each.uid)).toEqual([uid, '\ud800']);
  });

  it('limits bodies, lists and patterns with 4xx', async () => {
    const { start } = on;
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
});
