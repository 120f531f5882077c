import { Inject, Injectable, type MiddlewareConsumer, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type EarlyMiddleware, installEarly, isFastify } from '@millrace/core/http';
import { BrowserOrigins } from '@millrace/core/security';
import { AUTH_SETTINGS } from '../auth.constants.js';
import type { AuthSettings } from '../auth.options.js';

/**
 * Refuses requests for host names that are not this server's, before any route: pages and files of the host's own have no guard.
 * Beside an authentication of the host's own, only what the guard looks at is refused.
 */
@Injectable()
export class HostGate {
  private installed = false;

  constructor(
    private readonly origins: BrowserOrigins,
    @Inject(AUTH_SETTINGS) private readonly settings: AuthSettings,
    @Optional() private readonly host?: HttpAdapterHost,
  ) {
    this.install();
  }

  /** Once more, since testing modules are made before their HTTP adapter is known. */
  configure(consumer: MiddlewareConsumer): void {
    const { httpAdapter } = this.host ?? {};
    if (this.installed || !httpAdapter || this.settings.protect !== 'everything') return;
    if (isFastify(httpAdapter)) this.install();
    else consumer.apply(this.middleware).forRoutes('{*path}');
  }

  private install(): void {
    const { httpAdapter } = this.host ?? {};
    if (this.installed || !httpAdapter || this.settings.protect !== 'everything') return;
    installEarly(httpAdapter, this.middleware);
    this.installed = true;
  }

  private readonly middleware: EarlyMiddleware = (request, _response, next) => {
    try {
      this.origins.assertHost(request);
    } catch (error) {
      next(error as Error);
      return;
    }
    next();
  };
}
