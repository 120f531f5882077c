import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { NO_SNIFFING } from './answer-headers.js';

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

/** Sends a whole answer, on Express and on Fastify. */
export function sendAnswer(
  response: FrameworkResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body?: string | Buffer,
): void {
  const all = { ...NO_SNIFFING, ...headers };
  if (isFastifyReply(response)) response.code(status).headers(all).send(body);
  else response.writeHead(status, all).end(body);
}

/** Puts headers on an answer that goes out later, on Express and on Fastify; they come before what the host has set for all. */
export function setHeaders(response: FrameworkResponse, headers: OutgoingHttpHeaders): void {
  if (isFastifyReply(response)) response.headers(headers);
  else for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
}

/** Node's response behind the response object of Express or Fastify. */
export function rawResponseOf(response: object): ServerResponse {
  const { raw } = response as { raw?: ServerResponse };
  return raw ?? (response as ServerResponse);
}

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

/** How long what was written last may take to leave, in milliseconds. */
const FAREWELL = 500;

/**
 * Ends the connection of an answer once the answer has left, and at last after half a second. A client would keep the
 * connection for further requests, and one that reads nothing would never take the end; a server that is shutting down would
 * wait for both.
 */
export function endConnection(response: ServerResponse): void {
  const { socket } = response;
  const cut = setTimeout(() => socket?.destroy(), FAREWELL);
  response.once('finish', () => socket?.destroySoon());
  response.once('close', () => clearTimeout(cut));
}
