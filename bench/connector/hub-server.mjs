// The hub in a process of its own; it measures what goes out from it, when its parent asks.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ConnectorHub, ConnectorHubModule } from '@millrace/connector';
import { MillraceWsAdapter } from '@millrace/core';
import { usedMemory } from './used-memory.mjs';

const IDLE = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`idle-${index}`, {}]));

class AppModule {}
Module({ imports: [ConnectorHubModule.forRoot({ public: true, sources: { bench: {}, ...IDLE } })] })(AppModule);
const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: ['error'] });
app.useWebSocketAdapter(new MillraceWsAdapter(app));
await app.listen(0, '127.0.0.1');
const hub = app.get(ConnectorHub);
const payload = { text: 'x'.repeat(1000) };

const tasks = {
  /** Publishes a second, until the last one has reached its handler. */
  async publish(milliseconds) {
    const started = performance.now();
    let sent = 0;
    while (performance.now() - started < milliseconds) {
      for (let each = 0; each < 100; each += 1) await hub.publish('bench', payload);
      sent += 100;
      // Publishes are not acknowledged; a query after them is answered when they have been read.
      if (sent % 5000 === 0) await hub.query('bench', { rows: 0 });
    }
    await hub.query('bench', { rows: 0 });
    return sent / ((performance.now() - started) / 1000);
  },
  async query(milliseconds, inFlight) {
    const started = performance.now();
    let answered = 0;
    const ask = async () => {
      while (performance.now() - started < milliseconds) {
        await hub.query('bench', { rows: 1 });
        answered += 1;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, ask));
    return answered / ((performance.now() - started) / 1000);
  },
  sessions: () => hub.sessions().length,
  memory: usedMemory,
};

process.on('message', async ({ task, parameters = [] }) => process.send({ result: await tasks[task](...parameters) }));
process.send({ port: app.getHttpServer().address().port });
