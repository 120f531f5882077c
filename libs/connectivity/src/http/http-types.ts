import type { IncomingMessage } from 'node:http';
import { rawRequestOf } from '@millrace/core/http';

/** A request of Express or Fastify, as far as both are alike. */
export type HttpRequest = object & { readonly body?: unknown };
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
