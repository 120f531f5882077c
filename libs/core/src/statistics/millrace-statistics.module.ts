import { type DynamicModule, Module } from '@nestjs/common';
import { ImportOnce } from '../imported-once.js';
import { StatisticsFeedModule } from './statistics-feed.module.js';
import { STATISTICS_OPTIONS_TOKEN, type StatisticsOptions } from './statistics.options.js';

/**
 * Samples what the Millrace modules measure, and gives it at `GET /statistics`, with what is wrong or unsafe in words. It is
 * imported as it is, by any number of modules, and by one of them with options.
 *
 * @example
 * ```ts
 * @Module({ imports: [MillraceStatisticsModule, StreamStoreModule.forRoot()] })
 * export class AppModule {}
 * ```
 * @publicApi
 */
@ImportOnce({ keys: ({ providers }) => (providers.has(STATISTICS_OPTIONS_TOKEN) ? [''] : []) })
@Module({ imports: [StatisticsFeedModule] })
export class MillraceStatisticsModule {
  static forRoot(options: StatisticsOptions = {}): DynamicModule {
    return {
      module: MillraceStatisticsModule,
      providers: [{ provide: STATISTICS_OPTIONS_TOKEN, useValue: options }],
    };
  }
}
