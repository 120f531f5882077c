import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '@millrace/core';
import { Registry } from 'prom-client';

/** `/metrics`: Prometheus text. */
@Public()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  @Get()
  @Header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Header('Cache-Control', 'no-store')
  read(): Promise<string> {
    return this.registry.metrics();
  }
}
