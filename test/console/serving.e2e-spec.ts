import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { ConsoleModule } from '@millrace/console';
import { memoryStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { ask } from '../support/ask.js';

const KEPT = 'public, max-age=31536000, immutable';

/** Names of the files that a page names, as the browser resolves them. */
function filesOf(html: string, address: string): string[] {
  return [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path = '']) => new URL(path, address).href);
}

describe.each(HTTP_ADAPTERS)('The files of the console on %s', (adapter) => {
  let running: RunningApplication;
  let console: string;
  beforeAll(async () => {
    running = await startApplication(
      [StreamStoreModule.forRoot({ store: memoryStore() }), ConsoleModule.forRoot({ title: '<b> & "Hall" 4' })],
      { adapter },
    );
    console = `${running.url}/console`;
  });
  afterAll(() => running?.close());

  it.each(['', '/', '?a=b', '/?a=b'])(
    'are named with hashes by the page at its path with "%s" behind it',
    async (end) => {
      const answer = await ask(console + end);
      expect(answer.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
      expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(answer.text).toContain('<title>&#60;b&#62; &#38; &#34;Hall&#34; 4</title>');
      const files = filesOf(answer.text, console + end);
      expect(files.length).toBeGreaterThan(3);
      for (const file of files) {
        expect(file).toMatch(new RegExp(`^${console}/assets/[a-z]+-[A-Z0-9]{8}\\.(js|css|svg)$`));
        const { status, headers, text } = await ask(file);
        expect([status, headers['cache-control'], headers['content-encoding']]).toEqual([200, KEPT, undefined]);
        expect(headers['content-type']).toMatch(/^(text\/(javascript|css)|image\/svg\+xml); charset=utf-8$/);
        expect(text.length).toBeGreaterThan(50);
      }
    },
  );

  it.each([
    ['gzip, deflate, br', 'gzip'],
    ['br;q=1.0, GZIP;q=0.5', 'gzip'],
    ['gzip;q=0', undefined],
    ['x-gzip-like', undefined],
  ])('go out compressed as "Accept-Encoding: %s" says', async (accepted, encoding) => {
    const [file = ''] = filesOf((await ask(console)).text, console).filter((one) => one.endsWith('.css'));
    const answer = await fetch(file, { headers: { 'Accept-Encoding': accepted } });
    expect(answer.headers.get('content-encoding') ?? undefined).toBe(encoding);
    expect(answer.headers.get('vary')).toBe('Accept-Encoding');
    expect(await answer.text()).toBe((await ask(file)).text);
  });

  it('are told about by HEAD as by GET, without a body', async () => {
    const [file = ''] = filesOf((await ask(console)).text, console);
    for (const address of [console, `${console}/`, `${console}/config.json`, `${console}/icon.svg`, file]) {
      const [got, told] = await Promise.all([ask(address), ask(address, { method: 'HEAD' })]);
      expect([address, told.status, told.text]).toEqual([address, 200, '']);
      for (const name of ['content-type', 'cache-control', 'content-security-policy', 'vary'])
        expect([address, name, told.headers[name]]).toEqual([address, name, got.headers[name]]);
    }
  });

  it.each([
    '/console/nothing',
    '/console/assets',
    '/console/assets/',
    '/console/assets/nothing-ABCDEFGH.js',
    '/console/assets/manifest.json',
    '/console/assets/constructor',
    '/console/assets/..',
    '/console/assets/../../package.json',
    '/console/assets/..%2f..%2fpackage.json',
    '/console/assets/%2e%2e%2fmanifest.json',
    '/console/assets/..%5cmanifest.json',
    '/console/assets/manifest.json%00.js',
    '/console/assets//etc/passwd',
    '/console/assets/%ff',
    '/console/api',
    '/console/api/nothing.json',
    '/consoles',
  ])('are all there is: %s is answered with an error that tells nothing', async (path) => {
    const { status, text, headers } = await ask(running.url, { path });
    expect([path, [400, 404].includes(status)]).toEqual([path, true]);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(text).not.toMatch(/node_modules|libs|dist|ENOENT|@millrace/);
  });

  it('take nothing: other methods are not served', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await ask(console, { method })).status).toBe(404);
  });

  it('are said to the browser in one small answer', async () => {
    const { headers, text } = await ask(`${console}/config.json`);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
    });
    expect(JSON.parse(text)).toMatchObject({
      title: '<b> & "Hall" 4',
      host: '../',
      features: { api: { root: './' }, streams: { root: '../' }, statistics: { root: '../' } },
    });
  });

  it('are those of each application where one process has several', async () => {
    const other = await startApplication([ConsoleModule.forRoot({ title: 'Other', path: 'ops/hub/' })], { adapter });
    const [first, second] = await Promise.all([ask(`${console}/config.json`), ask(`${other.url}/ops/hub/config.json`)]);
    expect(JSON.parse(first.text)).toMatchObject({ title: '<b> & "Hall" 4', host: '../' });
    expect(JSON.parse(second.text)).toEqual({
      title: 'Other',
      host: '../../',
      features: { api: { root: './' }, statistics: { root: '../../' } },
      swagger: expect.any(Object) as object,
    });
    for (const end of ['', '/']) {
      const files = filesOf((await ask(`${other.url}/ops/hub${end}`)).text, `${other.url}/ops/hub${end}`);
      for (const file of files) expect(file).toContain('/ops/hub/assets/');
      expect((await ask(files[0] ?? '')).status).toBe(200);
    }
    expect((await ask(`${other.url}/console`)).status).toBe(404);
    expect((await ask(`${running.url}/ops/hub`)).status).toBe(404);
    await other.close();
  });

  it.each(['', '/', '//', 'a b', '/a/:b', '/a*', '/ü', '../up', 7])(
    'have a path that is one: %j stops the application by name',
    (path) => {
      expect(() => ConsoleModule.forRoot({ path: path as string })).toThrow(
        /^ConsoleModule: option "path" must be a path of letters, .* not /,
      );
    },
  );
});

it('The files of the console are found on Fastify as it is, where a slash at the end makes another path', async () => {
  const module = await Test.createTestingModule({ imports: [ConsoleModule.forRoot()] }).compile();
  const app = module.createNestApplication(new FastifyAdapter(), { logger: false });
  app.setGlobalPrefix('api');
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  for (const end of ['', '/']) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/console${end}`);
    const files = filesOf(await answer.text(), answer.url);
    expect([end, answer.url, answer.status]).toEqual([end, `http://127.0.0.1:${port}/api/console`, 200]);
    expect((await ask(files[0] ?? '')).status).toBe(200);
  }
  await app.close();
});
