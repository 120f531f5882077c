import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, NotFoundException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DetailExceptionFilter, MillraceError } from '@millrace/core';
import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Tells a known path that was asked with another method (405 with `Allow`) from an unknown one (404). */
@Catch(NotFoundException)
export class UnknownRouteFilter implements ExceptionFilter {
  private readonly next: DetailExceptionFilter;

  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {
    this.next = new DetailExceptionFilter(host);
  }

  catch(error: NotFoundException, context: ArgumentsHost): void {
    // Methods of JSON-RPC and messages of sockets answer in their own way.
    if (context.getType() !== 'http') throw error;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    this.next.catch(request.is404 ? this.describe(request) : error, context);
  }

  private describe({ url }: FastifyRequest): MillraceError {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    const [path = '/'] = url.split('?', 1);
    const allowed = METHODS.filter((method) => fastify.findRoute({ method, url: path }) !== null);
    if (allowed.length === 0) return new MillraceError('NOT_FOUND', 'Not Found');
    return new MillraceError('METHOD_NOT_ALLOWED', 'Method Not Allowed', { headers: { Allow: allowed.join(', ') } });
  }
}
