import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/** Logs one line for each answered request. The query is left out: it may hold a token. */
export function logRequests(fastify: FastifyInstance): void {
  const logger = new Logger('Http');
  fastify.addHook('onResponse', (request, reply, done) => {
    const [path] = request.url.split('?', 1);
    logger.debug(`${request.method} ${path} ${reply.statusCode} ${reply.elapsedTime.toFixed(1)} ms`);
    done();
  });
}
