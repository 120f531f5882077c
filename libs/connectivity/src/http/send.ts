import { isAscii } from 'node:buffer';
import type { OutgoingHttpHeaders } from 'node:http';
import { type FrameworkResponse, sendAnswer } from '@millrace/core/http';

export const JSON_TYPE = 'application/json; charset=utf-8';
export const TEXT_TYPE = 'text/plain; charset=utf-8';
export const HTML_TYPE = 'text/html; charset=utf-8';

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

const OK = Buffer.from('OK');

/** The answer to every change: exactly 200 and exactly `OK` (connectivity#1 #2). */
export function sendOk(response: FrameworkResponse): void {
  send(response, 200, TEXT_TYPE, OK);
}
