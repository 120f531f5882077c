import { Injectable } from '@nestjs/common';
import { ConnectionRegistry } from '@millrace/connectivity';
import { registerConnectivityMetrics } from '@millrace/connectivity/metrics';
import { Registry } from 'prom-client';

/** Puts the figures of the registry of connections into the application's registry. */
@Injectable()
export class ConnectivityMetrics {
  constructor(metrics: Registry, connections: ConnectionRegistry) {
    registerConnectivityMetrics(metrics, connections);
  }
}
