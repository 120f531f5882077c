import type { ServerResponse } from 'node:http';
import type { HttpMount } from './http-mount.interface.js';

interface FastifyRequest {
  readonly method: string;
}

interface FastifyReply {
  readonly raw: ServerResponse;
  code(status: number): FastifyReply;
  headers(headers: Readonly<Record<string, string>>): FastifyReply;
  send(body?: string): FastifyReply;
}

/** What is used of a Fastify application. */
interface FastifyApplication {
  hasRoute(route: { method: string; url: string }): boolean;
  route(options: {
    method: readonly string[];
    url: string;
    exposeHeadRoute: boolean;
    handler: (request: FastifyRequest, reply: FastifyReply) => void;
  }): unknown;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Serves a path on Fastify. Methods for which the host has a route of that path stay with the host. */
export function mountOnFastify(application: FastifyApplication, { path, handle }: HttpMount): void {
  const method = METHODS.filter((one) => !application.hasRoute({ method: one, url: path }));
  if (method.length === 0) return;
  application.route({
    method,
    url: path,
    exposeHeadRoute: false,
    handler: (request, reply) => {
      void handle({
        method: request.method,
        request,
        response: reply,
        send: (status, headers, body) => void reply.code(status).headers(headers).send(body),
        onGone: (handler) => reply.raw.once('close', () => !reply.raw.writableFinished && handler()),
      });
    },
  });
}
