import type { FastifyInstance } from 'fastify';
import { pathOf } from '../http/request-log.js';

/** Addresses of pages that the console shows now. */
const MOVED: Readonly<Record<string, string>> = {
  '/connections': '#/registry',
  '/docs': '#/api/rest',
  '/docs/asyncapi': '#/api/sockets',
  '/docs/openrpc': '#/methods',
  '/favicon.ico': 'icon.svg',
  '/login': '',
};

/**
 * Shows browsers the way into the console: those that ask for `/` as a page, and those that come by an address of before.
 * Everybody else gets at `/` what existing clients poll there.
 */
export function openFrontDoor(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const target = targetOf(request.method, pathOf(request), request.headers.accept);
    if (target === undefined) done();
    else void reply.header('Cache-Control', 'no-store').header('Vary', 'Accept').redirect(target, 302);
  });
}

/** Relative to the address that was asked for, so that it holds behind a proxy that puts the server below a path. */
function targetOf(method: string, path: string, accept = ''): string | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const moved = path === '/' ? (accept.includes('text/html') ? '' : undefined) : MOVED[path.replace(/\/$/, '')];
  if (moved === undefined) return undefined;
  const depth = path.split('/').length - 2;
  return `${depth === 0 ? './' : '../'.repeat(depth)}console/${moved}`;
}
