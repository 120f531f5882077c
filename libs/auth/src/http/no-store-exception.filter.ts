import { type ArgumentsHost, Catch } from '@nestjs/common';
import { DetailExceptionFilter } from '@millrace/core/errors';
import { rawResponseOf } from '@millrace/core/http';

/** Errors of routes that answer with secrets, as `{"detail": …}`, never kept by a cache. */
@Catch()
export class NoStoreExceptionFilter extends DetailExceptionFilter {
  override catch(error: unknown, context: ArgumentsHost): void {
    const response = rawResponseOf(context.switchToHttp().getResponse<object>());
    if (!response.headersSent) response.setHeader('Cache-Control', 'no-store');
    super.catch(error, context);
  }
}
