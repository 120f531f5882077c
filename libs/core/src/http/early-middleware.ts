import type { IncomingMessage } from 'node:http';
import type { HttpServer } from '@nestjs/common';

/** Looks at a request of Node before the framework does; hands an error to `next`. */
export type EarlyMiddleware = (request: IncomingMessage, response: unknown, next: (error?: Error) => void) => void;

/** The part of a Fastify instance that is used here. */
interface FastifyHooks {
  addHook(
    name: 'onRequest',
    hook: (request: { readonly raw: IncomingMessage }, reply: unknown, done: (error?: Error) => void) => void,
  ): unknown;
}

/**
 * Puts middleware before the parsers and routes of an HTTP adapter. Express runs middleware in the order of registration and
 * Nest registers its parsers when the application starts, so this must come earlier there. On Fastify it is a hook: that costs
 * a fraction of what middleware costs, and its place among the parsers does not depend on the time.
 */
export function installEarly(adapter: HttpServer, middleware: EarlyMiddleware): void {
  if (isFastify(adapter)) {
    (adapter.getInstance() as FastifyHooks).addHook('onRequest', (request, _reply, done) => {
      middleware(request.raw, undefined, done);
    });
  } else adapter.use(middleware);
}

export function isFastify(adapter: HttpServer): boolean {
  return adapter.getType() === 'fastify';
}
