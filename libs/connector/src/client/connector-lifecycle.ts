import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Shutdown } from '@millrace/core/shutdown';
import { MODULE_OPTIONS_TOKEN } from '../connector.module-definition.js';
import type { ConnectorOptions } from '../connector.options.js';
import { ConnectorSet } from '../api/connector-set.js';
import { SourceExplorer } from './handlers/source-explorer.js';

/** Injection token of the server's name within its module. */
export const CONNECTOR_SERVER = 'millrace:connector-server';

/** Name of the connectors among the parts of a shutdown. */
export const CONNECTORS = 'connectors';

/** Binds handlers and connects when the application starts; drains and closes when it stops. */
@Injectable()
export class ConnectorLifecycle implements OnApplicationBootstrap {
  constructor(
    private readonly set: ConnectorSet,
    private readonly explorer: SourceExplorer,
    @Inject(CONNECTOR_SERVER) private readonly server: string,
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: ConnectorOptions,
    shutdown: Shutdown,
  ) {
    shutdown.askFor(set.drainTimeout);
    shutdown.add({ name: CONNECTORS, end: () => set.drain(shutdown.timeout), close: () => set.close() });
  }

  onApplicationBootstrap(): void {
    this.explorer.bind(this.set, this.server);
    if (this.options.autoStart ?? true) this.set.start();
  }
}
