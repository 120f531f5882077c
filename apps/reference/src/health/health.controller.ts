import { Controller, Get, Inject } from '@nestjs/common';
import { Public } from '@millrace/core';
import { MillraceHealthIndicator } from '@millrace/core/health';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { type Settings, SETTINGS } from '../config/settings.js';

/** `/health`: 200 while every part answers, else 503 with the reason. */
@Public()
@Controller('health')
export class HealthController {
  private readonly parts: readonly string[];

  constructor(
    private readonly health: HealthCheckService,
    private readonly millrace: MillraceHealthIndicator,
    @Inject(SETTINGS) { redis }: Settings,
  ) {
    this.parts = ['streams', 'connectivity', 'rpc', 'sources', ...(redis ? ['redis'] : [])];
  }

  @Get()
  // The document describes it by itself: this way `@nestjs/swagger` is loaded when somebody asks for it.
  @HealthCheck({ noCache: true, swaggerDocumentation: false })
  check(): Promise<HealthCheckResult> {
    return this.health.check(this.parts.map((part) => () => this.millrace.check(part)));
  }
}
