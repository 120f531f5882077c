import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpMount } from './http-mount.interface.js';

interface FastifyRequest {
  readonly raw: IncomingMessage;
}

interface FastifyReply {
  readonly raw: ServerResponse;
  code(status: number): FastifyReply;
  headers(headers: Readonly<Record<string, string>>): FastifyReply;
  send(body?: string): FastifyReply;
}

interface FastifyScope {
  removeAllContentTypeParsers(): void;
  addContentTypeParser(
    type: string,
    parser: (request: unknown, body: unknown, done: (error: null) => void) => void,
  ): void;
  route(options: {
    method: readonly string[];
    url: string;
    exposeHeadRoute: boolean;
    handler: (request: FastifyRequest, reply: FastifyReply) => void;
  }): void;
}

/** What is used of a Fastify application. */
interface FastifyApplication {
  hasRoute(route: { method: string; url: string }): boolean;
  register(plugin: (scope: FastifyScope, options: unknown, done: () => void) => void): unknown;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Serves a path on Fastify in a scope of its own, whose body parsers read nothing; those of the host are untouched, and
 * its hooks (CORS, security headers) apply. Methods for which the host has a route of that path stay with the host.
 */
export function mountOnFastify(application: FastifyApplication, { path, handle }: HttpMount): void {
  const method = METHODS.filter((one) => !application.hasRoute({ method: one, url: path }));
  if (method.length === 0) return;
  void application.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _body, parsed) => parsed(null));
    scope.route({
      method,
      url: path,
      exposeHeadRoute: false,
      handler: (request, reply) => {
        void handle({
          raw: request.raw,
          request,
          response: reply,
          send: (status, headers, body) => void reply.code(status).headers(headers).send(body),
          onGone: (handler) => reply.raw.once('close', () => !reply.raw.writableFinished && handler()),
        });
      },
    });
    done();
  });
}
