import { ArgumentsHost, Catch, ExceptionFilter, Inject, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { thrownReport } from '@millrace/protocol';
import { NO_SNIFFING } from '../http/answer-headers.js';
import { describeError } from './describe-error.js';

/**
 * Answers every error of a Millrace route as `{"detail": …}` (stream-store§3), on Express and Fastify.
 *
 * @publicApi
 */
@Catch()
export class DetailExceptionFilter implements ExceptionFilter {
  private readonly logger = new Logger(DetailExceptionFilter.name);

  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  catch(error: unknown, context: ArgumentsHost): void {
    // Where a host makes the filter global, errors of RPC methods and socket messages come here too; others answer those.
    if (context.getType() !== 'http') throw error;
    const { httpAdapter } = this.host;
    const http = context.switchToHttp();
    const response: unknown = http.getResponse();
    const { foreseen, status, body, headers } = describeError(error);
    if (!foreseen) this.logger.error(thrownReport(error));
    if (httpAdapter.isHeadersSent(response)) {
      httpAdapter.end(response);
      return;
    }
    const all = { ...NO_SNIFFING, ...headers };
    for (const [name, value] of Object.entries(all)) httpAdapter.setHeader(response, name, value);
    httpAdapter.reply(response, body, status);
  }
}
