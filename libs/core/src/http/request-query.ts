import { rawRequestOf } from './raw-body.js';

/**
 * The query of a request, read the same way on Express, on Fastify and as on the sockets: nothing is folded into lists or
 * objects.
 *
 * @publicApi
 */
export function queryOf(request: object): URLSearchParams {
  const { url = '/' } = rawRequestOf(request);
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
}
