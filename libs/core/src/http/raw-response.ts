import type { ServerResponse } from 'node:http';

/** Node's response behind the response object of Express or Fastify. */
export function rawResponseOf(response: object): ServerResponse {
  const { raw } = response as { raw?: ServerResponse };
  return raw ?? (response as ServerResponse);
}
