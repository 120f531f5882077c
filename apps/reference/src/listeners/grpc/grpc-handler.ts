import type { IncomingHttpHeaders } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { Code, type ConnectRouter } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { Logger } from '@nestjs/common';
import { describeError } from '@millrace/core/errors';
import { thrownReport } from '@millrace/protocol';
import { pathOf } from '../../http/request-log.js';
import type { Http2Handler } from '../http2/http2-endpoint.js';
import { endWithStatus, grpcStatusOf } from './grpc-status.js';

/** Whether a request is one of gRPC, told by its content type: `application/grpc`, `application/grpc+proto`, … */
export function isGrpc(headers: IncomingHttpHeaders): boolean {
  return /^application\/grpc(?:$|[-+; ])/i.test(headers['content-type'] ?? '');
}

/** Largest request message, in bytes. */
const MAX_REQUEST = 64 * 1024;

/**
 * Answers calls of gRPC; unknown methods end with `UNIMPLEMENTED` and leave the connection usable.
 *
 * @param routes registers the services
 * @param authorize lets a call of any method in, or throws
 */
export function createGrpcHandler(
  routes: (router: ConnectRouter) => void,
  authorize: (request: Http2ServerRequest) => Promise<void>,
): Http2Handler {
  const logger = new Logger('Grpc');
  const unknown = (request: Http2ServerRequest): void =>
    endWithStatus(request, { code: Code.Unimplemented, message: `There is no method ${pathOf(request)}` });
  const answer = connectNodeAdapter({
    routes,
    grpc: true,
    grpcWeb: true,
    connect: false,
    readMaxBytes: MAX_REQUEST,
    fallback: (request) => unknown(request as Http2ServerRequest),
  });
  return (request, response) => {
    const started = performance.now();
    response.stream.once('close', () =>
      logger.debug(`${pathOf(request)} ${Math.round(performance.now() - started)} ms`),
    );
    authorize(request).then(
      () => answer(request, response),
      (error: unknown) => {
        if (!describeError(error).foreseen) logger.error(thrownReport(error));
        endWithStatus(request, grpcStatusOf(error));
      },
    );
  };
}
