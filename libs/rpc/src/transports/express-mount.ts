import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpMount } from './http-mount.interface.js';

interface ExpressRequest extends IncomingMessage {
  readonly path: string;
}

/** What is used of an Express application. */
interface ExpressApplication {
  use(path: string, handler: (request: ExpressRequest, response: ServerResponse, next: () => void) => void): void;
  readonly router: { readonly stack: { readonly name: string; readonly route?: unknown }[] };
}

const BODY_PARSERS = ['jsonParser', 'urlencodedParser', 'textParser', 'rawParser'];

/**
 * Serves a path on Express. Unless it is to come last, the handler is put before the host's body parsers, which would
 * answer malformed JSON themselves; what the host put before them (CORS, security headers) applies.
 */
export function mountOnExpress(application: ExpressApplication, { path, last, handle }: HttpMount): void {
  application.use(path, (request, response, next) => {
    if (request.path !== '/') {
      next();
      return;
    }
    void handle({
      raw: request,
      request,
      response,
      send: (status, headers, body) => response.writeHead(status, headers).end(body),
      onGone: (handler) => response.once('close', () => !response.writableFinished && handler()),
    });
  });
  const { stack } = application.router;
  const at = last ? -1 : stack.findIndex(({ name, route }) => BODY_PARSERS.includes(name) || route !== undefined);
  if (at < 0) return;
  const [own] = stack.splice(-1, 1);
  if (own) stack.splice(at, 0, own);
}
