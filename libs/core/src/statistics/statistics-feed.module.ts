import { Inject, Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ApiDocuments } from '../documents/api-documents.js';
import { HostRoutes } from '../http/host-routes.js';
import { ImportedOnce } from '../imported-once.js';
import { MillraceCoreModule } from '../millrace-core.module.js';
import { AccessPolicy } from '../security/access-policy.js';
import { NoticeBoard } from './notice-board.js';
import { StatisticsFeed } from './statistics-feed.js';
import { statisticsOpenApi } from './statistics-openapi.js';
import { StatisticsSampler } from './statistics-sampler.js';
import { StatisticsController } from './statistics.controller.js';
import {
  STATISTICS_AREA,
  STATISTICS_OPTIONS,
  STATISTICS_OPTIONS_TOKEN,
  STATISTICS_SETTINGS,
  type StatisticsSettings,
} from './statistics.options.js';

/** The one there is in an application, however often its face is imported. */
@Module({
  imports: [MillraceCoreModule],
  controllers: [StatisticsController],
  providers: [
    { provide: STATISTICS_SETTINGS, inject: [ModulesContainer, ImportedOnce], useFactory: readSettings },
    NoticeBoard,
    StatisticsFeed,
    StatisticsSampler,
  ],
})
export class StatisticsFeedModule {
  constructor(
    routes: HostRoutes,
    policy: AccessPolicy,
    documents: ApiDocuments,
    @Inject(STATISTICS_SETTINGS) settings: StatisticsSettings,
  ) {
    const { ignoreGlobalPrefix } = settings;
    if (settings.public) policy.openArea(STATISTICS_AREA);
    routes.serve(StatisticsFeedModule, {
      ignoreGlobalPrefix,
      remedy: 'give the application a global prefix, which MillraceStatisticsModule follows',
    });
    documents.addOpenApi(() => ({ ...statisticsOpenApi(), ignoreGlobalPrefix }), StatisticsFeedModule);
  }
}

/** What the import with options was given, in whichever module it stands. */
function readSettings(modules: ModulesContainer): StatisticsSettings {
  const given = [...modules.values()].find(({ providers }) => providers.has(STATISTICS_OPTIONS_TOKEN));
  return STATISTICS_OPTIONS.read(given?.providers.get(STATISTICS_OPTIONS_TOKEN)?.instance);
}
