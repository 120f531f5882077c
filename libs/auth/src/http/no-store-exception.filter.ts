import { type ArgumentsHost, Catch, Inject } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DetailExceptionFilter } from '@millrace/core/errors';

/** Errors of routes that answer with secrets, as `{"detail": …}`, never kept by a cache. */
@Catch()
export class NoStoreExceptionFilter extends DetailExceptionFilter {
  constructor(@Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost) {
    super(adapterHost);
  }

  override catch(error: unknown, context: ArgumentsHost): void {
    const { httpAdapter } = this.adapterHost;
    const response: unknown = context.switchToHttp().getResponse();
    if (!httpAdapter.isHeadersSent(response)) httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
    super.catch(error, context);
  }
}
