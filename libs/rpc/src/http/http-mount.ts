import type { ServerResponse } from 'node:http';
import type { FastifyReply, FrameworkResponse } from '@millrace/core/http';

/** A path, and what answers the requests to it, whatever their HTTP method. Their bodies are not read. */
export interface HttpMount {
  readonly path: string;
  readonly handle: (request: object, response: FrameworkResponse) => void | Promise<void>;
}

type ExpressHandler = (request: { readonly path: string }, response: ServerResponse, next: () => void) => void;

/** What is used of an Express application. */
interface ExpressApplication {
  use(path: string, handler: ExpressHandler): void;
}

/** Serves a path on Express, after the routes and middleware of the host. */
export function mountOnExpress(application: ExpressApplication, { path, handle }: HttpMount): void {
  application.use(path, (request, response, next) => {
    if (request.path === '/') void handle(request, response);
    else next();
  });
}

/** What is used of a Fastify application. */
interface FastifyApplication {
  hasRoute(route: { method: string; url: string }): boolean;
  route(options: {
    method: readonly string[];
    url: string;
    exposeHeadRoute: boolean;
    handler: (request: object, reply: FastifyReply) => void;
  }): unknown;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Serves a path on Fastify. Methods for which the host has a route of that path stay with the host. */
export function mountOnFastify(application: FastifyApplication, { path, handle }: HttpMount): void {
  const method = METHODS.filter((one) => !application.hasRoute({ method: one, url: path }));
  if (method.length === 0) return;
  const handler = (request: object, reply: FastifyReply): void => void handle(request, reply);
  application.route({ method, url: path, exposeHeadRoute: false, handler });
}
