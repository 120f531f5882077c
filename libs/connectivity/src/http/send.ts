import { isAscii } from 'node:buffer';
import type { OutgoingHttpHeaders } from 'node:http';
import { type FrameworkResponse, sendAnswer, staticPageHeaders } from '@millrace/core/http';
import { STYLE_SOURCE } from './pages.js';

export const JSON_TYPE = 'application/json; charset=utf-8';
export const TEXT_TYPE = 'text/plain; charset=utf-8';
const HTML_TYPE = 'text/html; charset=utf-8';

/** Up to this many bytes, text that can be joined to the head of the reply leaves in one piece, which is cheaper. */
const SMALL = 8192;

/** Answers with bytes, on Express and on Fastify, leaving out what their general ways would do to them. */
export function send(
  response: FrameworkResponse,
  status: number,
  type: string,
  body: Buffer,
  more: OutgoingHttpHeaders = {},
): void {
  const headers = { 'Content-Type': type, 'Content-Length': body.length, ...more };
  const payload = body.length <= SMALL && isAscii(body) ? body.toString('latin1') : body;
  sendAnswer(response, status, headers, payload);
}

const PAGE_HEADERS = staticPageHeaders(STYLE_SOURCE);

/** Answers with one of our own pages: it holds names that anybody chose, and a browser runs nothing of it. */
export function sendPage(response: FrameworkResponse, html: string): void {
  send(response, 200, HTML_TYPE, Buffer.from(html), PAGE_HEADERS);
}

const OK = Buffer.from('OK');

/** The answer to every change: exactly 200 and exactly `OK` (connectivity#1 #2). */
export function sendOk(response: FrameworkResponse): void {
  send(response, 200, TEXT_TYPE, OK);
}
