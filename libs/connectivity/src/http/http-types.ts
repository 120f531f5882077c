import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { rawRequestOf } from '@millrace/core/http';

/** A request of Express or Fastify, as far as both are alike. */
export type HttpRequest = object & { readonly body?: unknown };
/** A response of Express, or a reply of Fastify. */
export type HttpResponse = ServerResponse | FastifyReply;

/** The part of Fastify's reply that is used here. */
export interface FastifyReply {
  readonly raw: ServerResponse;
  code(status: number): this;
  headers(values: OutgoingHttpHeaders): this;
  getHeaders(): OutgoingHttpHeaders;
  hijack(): this;
  send(payload: unknown): this;
}

export function isFastifyReply(response: HttpResponse): response is FastifyReply {
  return 'hijack' in response;
}

/** The path as it was sent, without the query. */
export function pathOf(request: HttpRequest): string {
  const { originalUrl } = request as { originalUrl?: string };
  const url = originalUrl ?? rawRequestOf(request).url ?? '/';
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

export function methodOf(request: HttpRequest): string {
  return rawRequestOf(request).method ?? 'GET';
}

/** Where a request came from, for the log. */
export function senderOf(request: HttpRequest): string {
  const { socket }: IncomingMessage = rawRequestOf(request);
  return `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`;
}
