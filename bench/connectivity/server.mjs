// A process of its own under load: Nest on Fastify with the registry, or a bare node:http server that answers fixed bytes.
import 'reflect-metadata';
import { createServer } from 'node:http';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ConnectivityModule } from '@millrace/connectivity';
import { MillraceWsAdapter } from '@millrace/core';

const [kind, bytes = '0'] = process.argv.slice(2);

if (kind === 'bare') {
  const reply = Buffer.alloc(Number(bytes), 'x');
  const server = createServer((request, response) => {
    // The body is read, as any server has to.
    request.on('data', () => undefined);
    request.on('end', () => {
      response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': reply.length });
      response.end(reply);
    });
  });
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
} else {
  class AppModule {}
  Module({
    imports: [ConnectivityModule.forRoot({ ttl: '1h', public: kind === 'bypass', bypassFramework: kind === 'bypass' })],
  })(AppModule);
  const app = await NestFactory.create(AppModule, new FastifyAdapter({ http: { requireHostHeader: false } }), {
    logger: ['error', 'warn'],
  });
  app.useWebSocketAdapter(new MillraceWsAdapter(app));
  await app.listen(0, '127.0.0.1');
  process.send({ port: app.getHttpServer().address().port });
}

// The processor time of this process, for those who ask: it tells more than rates on a busy machine.
process.on('SIGINT', () => process.exit(0));
process.on('message', () => process.send({ cpu: process.cpuUsage() }));
