import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const APP_NAME = 'millrace';

/** Request figures under the names existing dashboards know (stream-store§9 #26). */
export function measureRequests(fastify: FastifyInstance, registry: Registry): void {
  const registers = [registry];
  const labelNames = ['method', 'path', 'status_code', 'app_name'];
  const total = new Counter({
    name: 'starlette_requests_total',
    help: 'Answered requests',
    labelNames,
    registers,
  });
  const duration = new Histogram({
    name: 'starlette_request_duration_seconds',
    help: 'Time from a request to the end of its answer, in seconds',
    labelNames,
    registers,
  });
  const running = new Gauge({
    name: 'starlette_requests_in_progress',
    help: 'Requests under way',
    labelNames: ['method', 'app_name'],
    registers,
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    running.inc({ method: request.method, app_name: APP_NAME });
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    running.dec({ method: request.method, app_name: APP_NAME });
    const values = {
      method: request.method,
      // The route's pattern, not the path: names of streams are without end.
      path: request.routeOptions.url ?? 'unknown',
      status_code: String(reply.statusCode),
      app_name: APP_NAME,
    };
    total.inc(values);
    duration.observe(values, reply.elapsedTime / 1000);
    done();
  });
}
