import { Controller, Get } from '@nestjs/common';
import { Public } from '@millrace/core';
import { MillraceHealthIndicator } from '@millrace/core/health';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';

/** `/health`: 200 while every part answers, else 503 with the reason. */
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly millrace: MillraceHealthIndicator,
  ) {}

  @Get()
  // The document describes it by itself: this way `@nestjs/swagger` is loaded when somebody asks for it.
  @HealthCheck({ noCache: true, swaggerDocumentation: false })
  check(): Promise<HealthCheckResult> {
    return this.health.check(
      ['streams', 'connectivity', 'rpc', 'sources'].map((part) => () => this.millrace.check(part)),
    );
  }
}
