import { rawResponseOf } from './raw-response.js';

/**
 * A signal that aborts when the answer to a request has ended or its client has gone away.
 *
 * @param response the response object of Express or Fastify
 */
export function endedSignal(response: object): AbortSignal {
  const raw = rawResponseOf(response);
  const controller = new AbortController();
  if (raw.destroyed) controller.abort();
  else raw.once('close', () => controller.abort());
  return controller.signal;
}
