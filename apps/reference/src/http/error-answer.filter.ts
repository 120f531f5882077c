import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, NotFoundException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DetailExceptionFilter, MillraceError } from '@millrace/core';
import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify';

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
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const isUnknown = request.is404 && error instanceof NotFoundException;
    this.next.catch(isUnknown ? this.describe(request) : error, context);
  }

  private describe({ url }: FastifyRequest): MillraceError {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    const [path = '/'] = url.split('?', 1);
    const allowed = METHODS.filter((method) => fastify.findRoute({ method, url: path }) !== null);
    if (allowed.length === 0) return new MillraceError('NOT_FOUND', 'Not Found');
    return new MillraceError('METHOD_NOT_ALLOWED', 'Method Not Allowed', { headers: { Allow: allowed.join(', ') } });
  }
}
