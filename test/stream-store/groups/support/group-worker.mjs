// An application with one consumer, in a process of its own. What it handles it writes down in the list `handled` of the same
// Redis, before it counts as handled. Started by processes.e2e-spec.ts and kills.soak-spec.ts.
//
//   group-worker.mjs <name> <way to Redis as JSON> <options of the consumer as JSON>
import 'reflect-metadata';
import { MillraceWsAdapter } from '@millrace/core';
import { registerMetrics } from '@millrace/core/metrics';
import { OperationsRegistry } from '@millrace/core/ops';
import { OnEntry, OnGap, StreamConsumer, StreamStoreModule } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Cluster, Redis } from 'ioredis';
import { Registry } from 'prom-client';

// A test that was killed leaves nothing behind.
process.once('disconnect', () => process.exit());

const [name, way, options] = [process.argv[2], JSON.parse(process.argv[3]), JSON.parse(process.argv[4])];

function connect() {
  if (way.cluster) return new Cluster(way.cluster);
  return way.url ? new Redis(way.url) : new Redis(way);
}
const log = connect();
let frozen = false;

class Worker {
  async take({ data }) {
    const text = data.toString();
    if (frozen) await new Promise(() => undefined);
    if (text.startsWith('poison')) process.kill(process.pid, 'SIGKILL');
    if (text.startsWith('bad')) throw new Error('This entry always fails');
    await log.rpush('handled', `${name}:${text}`);
  }
  async gap(gap) {
    await log.rpush('gaps', JSON.stringify(gap));
  }
}
const mark = (decorator, method) =>
  decorator(Worker.prototype, method, Object.getOwnPropertyDescriptor(Worker.prototype, method));
mark(OnEntry(), 'take');
mark(OnGap(), 'gap');
StreamConsumer('work', { group: 'workers', after: '0', ...options })(Worker);

class Hub {}
const streams = StreamStoreModule.forRoot({
  store: redisStore({ ...way, commandTimeout: '30s' }),
  retention: { maxLength: 100_000 },
  public: true,
});
Module({ imports: [streams], providers: [Worker] })(Hub);
const app = await NestFactory.create(Hub, new FastifyAdapter(), { logger: false });
app.useWebSocketAdapter(new MillraceWsAdapter(app));
const metrics = new Registry();
registerMetrics(app.get(OperationsRegistry, { strict: false }), metrics);
await app.listen(0, '127.0.0.1');
process.on('message', async (wish) => {
  if (wish === 'freeze') frozen = true;
  if (wish === 'metrics') process.send?.(await metrics.metrics());
  if (wish === 'close') {
    await app.close();
    log.disconnect();
    process.send?.('closed');
    process.disconnect?.();
  }
});
process.send?.(await app.getUrl());
