import { type DynamicModule, Module } from '@nestjs/common';
import { getSharedConfigToken } from '@nestjs/bullmq';
import type { QueueOptions } from 'bullmq';
import { BullMqOutbox } from './bullmq-outbox.js';

export interface BullMqOutboxModuleOptions {
  /** Which configuration of `BullModule.forRoot(configKey, …)` to use. @default the one without a key */
  configKey?: string;
  /** Begins the name of the queue of each source. @default 'millrace-outbox-' */
  queueNamePrefix?: string;
}

/**
 * Provides {@link BullMqOutbox} on the connection the application has given to `BullModule.forRoot`.
 *
 * @example
 * ```ts
 * ConnectorModule.forRootAsync({
 *   imports: [BullMqOutboxModule.register()],
 *   inject: [BullMqOutbox],
 *   useFactory: (driver: BullMqOutbox) => ({ targetServer, sources: ['thermostat'], outbox: { driver } }),
 *   injectSources: ['thermostat'],
 * })
 * ```
 * @publicApi
 */
@Module({})
export class BullMqOutboxModule {
  static register({ configKey, queueNamePrefix }: BullMqOutboxModuleOptions = {}): DynamicModule {
    return {
      module: BullMqOutboxModule,
      providers: [
        {
          provide: BullMqOutbox,
          inject: [getSharedConfigToken(configKey)],
          useFactory: (shared: QueueOptions): BullMqOutbox => new BullMqOutbox({ ...shared, queueNamePrefix }),
        },
      ],
      exports: [BullMqOutbox],
    };
  }
}
