import { describeOnEachRoute } from './drivers.js';
import { waitFor } from '../support/waiting.js';
import { RegistryClient, wire } from './registry-client.js';

describeOnEachRoute('Pages, paths and statistics', (on) => {
  it('connectivity#43 #55: shows everything on the front page, escaped', async () => {
    const { client, p } = on;
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

  it('connectivity#44 #45 #46 #47 #52: counts successes, resets figures, and goes on after it', async () => {
    const { client, p } = on;
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
    expect(stats.text).toContain('Maximum number of partitions active = 1');
    expect(stats.text).toContain(`Maximum entries in partition ${p} = 2`);
    expect(stats.text).toMatch(/1 calls to lookup in total time 0:00:\d\d\.\d{6} \(average \d+ µs per call\)/);
    expect((await client.get('/resetStats')).text).toContain('1 calls to publish');
    expect((await client.get('/stats')).text).toContain(
      '0 calls to publish in total time 0:00:00 (average 0 µs per call)',
    );
    expect(await client.names(p, '.*')).toEqual(['a']);
    expect((await client.publish(p, [wire('c')])).status).toBe(200);
    expect(await client.names(p, '.*')).toEqual(['a', 'c']);
    expect((await client.get('/resetService')).text).toContain('1 calls to publish');
    expect((await client.lookup(p, '.*')).status).toBe(404);
    expect((await client.get('/')).text).toContain('None');
  });

  it('connectivity#43: shows every partition, live entries first, however many another one holds', async () => {
    const { p, start } = on;
    const running = await start({ ttl: 3000 });
    try {
      const client = new RegistryClient(running.url);
      const many = Array.from({ length: 6000 }, (_, index) => wire(`old-${index}`));
      await client.publish(`${p}-full`, many);
      await waitFor('the expiry', async () => (await client.lookup(`${p}-full`, '.*')).text === '[]');
      // On a slow machine they may have expired by the time the page is made.
      const page = await waitFor('a page with what is live in front', async () => {
        await client.publish(`${p}-full`, [wire('new')]);
        await client.publish(`${p}-small`, [wire('x'), wire('y')]);
        const { text } = await client.get('/');
        return text.includes('<td>new</td>') && text.includes('<td>y</td>') ? text : undefined;
      });
      expect(page).toContain('<td>x</td>');
      expect(page).toContain(`Partition ${p}-small`);
      expect(page.indexOf('<td>new</td>')).toBeLessThan(page.indexOf('old-0<'));
      expect(page).toContain('… and 1003 more');
      expect(page.match(/<tr>/g)).toHaveLength(5000 + 2);
    } finally {
      await running.close();
    }
  });

  it('connectivity#48: 404 for unknown paths, 405 with Allow for other methods, HEAD and OPTIONS', async () => {
    const { client } = on;
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

  it('connectivity#56: is live and ready', async () => {
    const { client } = on;
    for (const path of ['/live', '/ready']) expect(await client.get(path)).toMatchObject({ status: 200, text: 'OK' });
  });
});
