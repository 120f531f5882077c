import { AuthModule } from '@millrace/auth';
import { ConnectivityModule } from '@millrace/connectivity';
import { Body, Controller, Get, type LoggerService, Module, Post } from '@nestjs/common';
import { HTTP_ADAPTERS, startApplication } from '../support/applications.js';
import { RegistryClient, wire } from './registry-client.js';

@Controller('blog')
class Blog {
  @Post('publish')
  publish(@Body() body: unknown): object {
    return { body };
  }

  @Get('getconnection/x')
  read(): string {
    return 'mine';
  }
}

@Module({ controllers: [Blog] })
class BlogModule {}

class Lines implements LoggerService {
  readonly lines: string[] = [];
  log(message: unknown): void {
    this.lines.push(String(message));
  }
  warn(): void {}
  error(): void {}
}

describe.each(HTTP_ADAPTERS)('A host with the registry, on %s', (adapter) => {
  it('keeps its own routes, bodies and page', async () => {
    const imports = [BlogModule, ConnectivityModule.forRoot({ frontPage: false, prefix: 'registry' })];
    const running = await startApplication(imports, { adapter });
    const client = new RegistryClient(running.url);
    try {
      const reply = await client.post('/blog/publish', { a: 1 });
      expect([reply.status, reply.text]).toEqual([201, '{"body":{"a":1}}']);
      expect((await client.post('/blog/publish', '{broken')).status).toBe(400);
      expect((await client.get('/blog/getconnection/x')).text).toBe('mine');
      expect((await client.get('/')).status).toBe(404);
      const body = JSON.stringify({ partition: 'p', connections: [wire('a')] });
      const headers = { 'Content-Type': 'text/plain' };
      expect((await client.send({ path: '/registry/publish', body, headers })).status).toBe(200);
      expect((await client.get('/registry/stats')).text).toContain('1 calls to publish');
    } finally {
      await running.close();
    }
  });

  it('row 57: gets 401 from every path without a credential, and open ones by one option', async () => {
    const auth = () => AuthModule.forRoot({ jwt: { secret: 'a secret for tests, long enough for production' } });
    const closed = await startApplication([auth(), ConnectivityModule.forRoot()], { adapter });
    const open = await startApplication([auth(), ConnectivityModule.forRoot({ public: true })], { adapter });
    try {
      const stranger = new RegistryClient(closed.url);
      expect((await stranger.publish('p', [wire('a')])).status).toBe(401);
      expect((await stranger.lookup('p', '.*')).status).toBe(401);
      for (const path of ['/', '/stats', '/resetService', '/connections/p/watch'])
        expect([path, (await stranger.get(path)).status]).toEqual([path, 401]);
      for (const path of ['/live', '/ready']) expect((await stranger.get(path)).status).toBe(200);
      const guest = new RegistryClient(open.url);
      expect((await guest.publish('p', [wire('a')])).status).toBe(200);
      expect(await guest.names('p', '.*')).toEqual(['a']);
    } finally {
      await closed.close();
      await open.close();
    }
  });

  it.each([0, 1, 2, 3] as const)('row 58: prints what debug level %i asks for', async (debug) => {
    const logger = new Lines();
    const running = await startApplication([ConnectivityModule.forRoot({ debug })], { adapter, logger });
    try {
      const client = new RegistryClient(running.url);
      await client.publish('part\nition', [wire('a'), wire('b')]);
      await client.lookup('part\nition', '.*');
      const text = logger.lines.join('\n');
      expect(/publish: 2 entries in \d+ µs/.test(text)).toBe(debug >= 1);
      expect(/lookup: 2 entries in \d+ µs/.test(text)).toBe(debug >= 1);
      expect(text.includes('publish: partition="part\\nition" from="127.0.0.1:')).toBe(debug >= 2);
      expect(text.includes('uid_regex=".*"')).toBe(debug >= 2);
      expect(text.includes('publish: body')).toBe(debug >= 3);
    } finally {
      await running.close();
    }
  });
});

describe('The environment', () => {
  afterEach(() => {
    delete process.env['ENTRY_TTL'];
    delete process.env['CONNECTION_FLASK_DEBUG'];
  });

  it.each(['ENTRY_TTL', 'CONNECTION_FLASK_DEBUG'])(
    'rows 36 and 58: stops the start by a bad %s, and names it',
    async (name) => {
      process.env[name] = 'ten';
      await expect(startApplication([ConnectivityModule.forRoot()])).rejects.toThrow(name);
    },
  );
});
