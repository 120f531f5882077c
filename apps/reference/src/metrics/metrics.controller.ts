import { Controller, Get, Header } from '@nestjs/common';
import { AccessArea, RequireScopes } from '@millrace/core';
import { Registry } from 'prom-client';

/** Area of `/metrics`. */
export const METRICS_AREA = 'metrics';

/** `/metrics`: Prometheus text. Where it is closed, it asks for the scope `metrics:read`. */
@AccessArea(METRICS_AREA)
@Controller('metrics')
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  @Get()
  @RequireScopes('metrics:read')
  @Header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Header('Cache-Control', 'no-store')
  read(): Promise<string> {
    return this.registry.metrics();
  }
}
