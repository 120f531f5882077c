import type { IncomingHttpHeaders } from 'node:http';

/** Whether a request is one of gRPC, told by its content type: `application/grpc`, `application/grpc+proto`, … */
export function isGrpc(headers: IncomingHttpHeaders): boolean {
  return /^application\/grpc(?:$|[-+; ])/i.test(headers['content-type'] ?? '');
}
