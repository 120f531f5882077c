import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** The part of Fastify's reply that is used here. */
export interface FastifyReply {
  readonly raw: ServerResponse;
  code(status: number): this;
  headers(values: OutgoingHttpHeaders): this;
  getHeaders(): OutgoingHttpHeaders;
  hijack(): this;
  send(payload: unknown): this;
}

/** A response of Express, or a reply of Fastify. */
export type FrameworkResponse = ServerResponse | FastifyReply;

export function isFastifyReply(response: object): response is FastifyReply {
  return 'hijack' in response;
}
