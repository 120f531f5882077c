import { ConnectivityModule } from '@millrace/connectivity';
import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { BOTH_HTTP_ADAPTERS, startApplication } from '../support/applications.js';
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

describe.each(BOTH_HTTP_ADAPTERS)('A host with the registry, on %s', (adapter) => {
  it('keeps its own routes, bodies and page', async () => {
    const imports = [BlogModule, ConnectivityModule.forRoot({ prefix: 'registry' })];
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
});
