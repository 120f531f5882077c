import { Injectable } from '@nestjs/common';
import { ConnectorHub } from '@millrace/connector';
import { registerHubMetrics } from '@millrace/connector/metrics';
import { Registry } from 'prom-client';

/** Puts the figures of the hub for connectors into the application's registry. */
@Injectable()
export class HubMetrics {
  constructor(metrics: Registry, hub: ConnectorHub) {
    registerHubMetrics(metrics, hub);
  }
}
