import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { type FrameworkResponse, rawRequestOf, sendAnswer } from '@millrace/core/http';
import type { KeptFile } from './kept-files.js';

/** Answers with a file, compressed where the client takes that. */
export function sendFile(
  request: object,
  response: FrameworkResponse,
  { type, content, zipped }: KeptFile,
  headers: OutgoingHttpHeaders,
): void {
  const all = { ...headers, 'Content-Type': type, Vary: 'Accept-Encoding' };
  if (takesGzip(rawRequestOf(request).headers)) {
    sendAnswer(response, 200, { ...all, 'Content-Encoding': 'gzip' }, zipped);
  } else sendAnswer(response, 200, all, content);
}

/** Whether gzip is listed, and not with the weight 0. */
function takesGzip({ 'accept-encoding': accepted = '' }: IncomingHttpHeaders): boolean {
  const [, weight] = /(?:^|,)\s*gzip\s*(?:;\s*q=([\d.]+)\s*)?(?:,|$)/i.exec(String(accepted)) ?? [undefined, '0'];
  return weight === undefined || Number(weight) > 0;
}
