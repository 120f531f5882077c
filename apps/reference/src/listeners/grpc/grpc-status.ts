import type { Http2ServerRequest } from 'node:http2';
import { Code } from '@connectrpc/connect';
import { describeError } from '@millrace/core/errors';

const CODES: Readonly<Record<number, Code>> = {
  400: Code.InvalidArgument,
  401: Code.Unauthenticated,
  403: Code.PermissionDenied,
  404: Code.NotFound,
  409: Code.Aborted,
  413: Code.ResourceExhausted,
  421: Code.PermissionDenied,
  422: Code.InvalidArgument,
  429: Code.ResourceExhausted,
  501: Code.Unimplemented,
  502: Code.Unavailable,
  503: Code.Unavailable,
  504: Code.DeadlineExceeded,
};

/** What gRPC calls an error. Of errors that nobody foresaw the client is told nothing. */
export function grpcStatusOf(error: unknown): { readonly code: Code; readonly message: string } {
  const { status, reason } = describeError(error);
  return { code: CODES[status] ?? Code.Internal, message: reason };
}

/** Ends a call with a status and nothing else ("Trailers-Only" in the gRPC protocol: one frame of headers that ends it). */
export function endWithStatus(
  { headers, stream }: Http2ServerRequest,
  { code, message }: ReturnType<typeof grpcStatusOf>,
): void {
  if (stream.headersSent || stream.destroyed) return;
  const fields = {
    ':status': 200,
    'content-type': headers['content-type'] ?? 'application/grpc',
    'grpc-status': String(code),
    'grpc-message': encodeURIComponent(wellFormed(message)),
  };
  stream.respond(fields, { endStream: true });
  // What the client still sends is of no interest, but would fill the window of its connection.
  stream.resume();
}

/** Without halves of characters, which `encodeURIComponent` does not take. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
