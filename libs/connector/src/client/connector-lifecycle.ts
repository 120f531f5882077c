import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { MODULE_OPTIONS_TOKEN } from '../connector.module-definition.js';
import type { ConnectorOptions } from '../connector.options.js';
import { ConnectorSet } from '../api/connector-set.js';
import { SourceExplorer } from './handlers/source-explorer.js';

/** Injection token of the server's name within its module. */
export const CONNECTOR_SERVER = 'millrace:connector-server';

/** Binds handlers and connects when the application starts; drains and closes when it stops. */
@Injectable()
export class ConnectorLifecycle implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  constructor(
    private readonly set: ConnectorSet,
    private readonly explorer: SourceExplorer,
    @Inject(CONNECTOR_SERVER) private readonly server: string,
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: ConnectorOptions,
  ) {}

  onApplicationBootstrap(): void {
    this.explorer.bind(this.set, this.server);
    if (this.options.autoStart ?? true) this.set.start();
  }

  /** Comes before any socket of this application is closed: the hub may run in the same process. */
  async onModuleDestroy(): Promise<void> {
    await this.set.drain();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.set.close();
  }
}
