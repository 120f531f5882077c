import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ConnectionRegistry } from './api/connection-registry.js';

/** Closes the registry when the application ends; a driver need not know Nest. */
@Injectable()
export class RegistryCloser implements OnApplicationShutdown {
  constructor(private readonly registry: ConnectionRegistry) {}

  async onApplicationShutdown(): Promise<void> {
    await this.registry.close();
  }
}
