import type { IncomingMessage, ServerResponse } from 'node:http';

/** One HTTP exchange, as far as this package needs it, on any adapter. */
export interface HttpExchange {
  /** HTTP method, in capitals. */
  readonly method: string;
  /** The framework's request and response; the body is not read. */
  readonly request: object;
  readonly response: object;
  /** Sends the answer; at most once. */
  send(status: number, headers: Readonly<Record<string, string>>, body?: string): void;
  /** Attaches a handler for a client that goes before it is answered. */
  onGone(handler: () => void): void;
}

export interface HttpMount {
  readonly path: string;
  readonly handle: (exchange: HttpExchange) => void | Promise<void>;
}

interface ExpressRequest extends IncomingMessage {
  readonly path: string;
}

/** What is used of an Express application. */
interface ExpressApplication {
  use(path: string, handler: (request: ExpressRequest, response: ServerResponse, next: () => void) => void): void;
}

/** Serves a path on Express, after the routes and middleware of the host. */
export function mountOnExpress(application: ExpressApplication, { path, handle }: HttpMount): void {
  application.use(path, (request, response, next) => {
    if (request.path !== '/') {
      next();
      return;
    }
    void handle({
      method: request.method ?? 'GET',
      request,
      response,
      send: (status, headers, body) => response.writeHead(status, headers).end(body),
      onGone: (handler) => response.once('close', () => !response.writableFinished && handler()),
    });
  });
}

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
