import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  type HttpException,
  Inject,
  NotFoundException,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DetailExceptionFilter, MillraceError } from '@millrace/core';
import { describeError } from '@millrace/core/errors';
import { thrownIs } from '@millrace/protocol';
import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify';
import { pathOf } from './request-log.js';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Answers every error that no route answers by itself, those of the framework's parsers too, as `{"detail": …}`; tells a
 * known path that was asked with another method (405 with `Allow`) from an unknown one (404).
 */
@Catch()
export class ErrorAnswerFilter implements ExceptionFilter {
  private readonly next: DetailExceptionFilter;

  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {
    this.next = new DetailExceptionFilter(host);
  }

  catch(error: unknown, context: ArgumentsHost): void {
    // Methods of JSON-RPC and messages of sockets answer in their own way.
    if (context.getType() !== 'http') throw error;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (request.is404 && thrownIs(error, NotFoundException)) {
      this.next.catch(this.describe(request), context);
      return;
    }
    const own = ownBodyOf(error);
    if (own) this.host.httpAdapter.reply(http.getResponse(), own, describeError(error).status);
    else this.next.catch(error, context);
  }

  private describe(request: FastifyRequest): MillraceError {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    const path = pathOf(request);
    const allowed = METHODS.filter((method) => fastify.findRoute({ method, url: path }) !== null);
    if (allowed.length === 0) return new MillraceError('NOT_FOUND', 'Not Found');
    return new MillraceError('METHOD_NOT_ALLOWED', 'Method Not Allowed', { headers: { Allow: allowed.join(', ') } });
  }
}

/** The body that an error was made with, as a failing health check has its reasons. Those that Nest makes name the status. */
function ownBodyOf(error: unknown): object | undefined {
  if (!describeError(error).foreseen || thrownIs(error, MillraceError)) return undefined;
  try {
    const body: unknown = JSON.parse(JSON.stringify((error as HttpException).getResponse()));
    return typeof body === 'object' && body !== null && !('statusCode' in body) ? body : undefined;
  } catch {
    return undefined;
  }
}
