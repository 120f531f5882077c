import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { describeError } from '../../errors/describe-error.js';

/** Answers a handshake with an ordinary HTTP response, so that the client sees a real status. */
export function refuseUpgrade(socket: Duplex, error: unknown): void {
  if (!socket.writable) return;
  const { status, detail, headers } = describeError(error);
  const body = JSON.stringify({ detail });
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
