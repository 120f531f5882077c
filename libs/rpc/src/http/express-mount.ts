import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpMount } from './http-mount.interface.js';

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
