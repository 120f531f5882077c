import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/** The path of a request's target. The query is left out: it may hold a token, and must not get into a log or an answer. */
export function pathOf({ url }: { readonly url: string }): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

/** Logs one line for each answered request. */
export function logRequests(fastify: FastifyInstance): void {
  const logger = new Logger('Http');
  fastify.addHook('onResponse', (request, reply, done) => {
    logger.debug(`${request.method} ${pathOf(request)} ${reply.statusCode} ${reply.elapsedTime.toFixed(1)} ms`);
    done();
  });
}
