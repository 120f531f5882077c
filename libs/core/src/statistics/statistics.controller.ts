import { Controller, Get, Inject, Logger, Req, Res, UseFilters, VERSION_NEUTRAL } from '@nestjs/common';
import { EVENT_STREAM, thrownReport } from '@millrace/protocol';
import { describeError } from '../errors/describe-error.js';
import { DetailExceptionFilter } from '../errors/detail-exception.filter.js';
import { EventStream } from '../http/event-stream.js';
import { type FrameworkResponse, sendAnswer } from '../http/framework-response.js';
import { rawRequestOf } from '../http/raw-body.js';
import { AccessArea, RequireScopes } from '../security/decorators.js';
import { StatisticsFeed } from './statistics-feed.js';
import { STATISTICS_AREA, STATISTICS_SETTINGS, type StatisticsSettings } from './statistics.options.js';

/** What the application has sampled of itself (statistics§1 §2). */
@AccessArea(STATISTICS_AREA)
@RequireScopes('statistics:read')
@UseFilters(DetailExceptionFilter)
@Controller({ path: 'statistics', version: VERSION_NEUTRAL })
export class StatisticsController {
  private readonly logger = new Logger('Statistics');

  constructor(
    private readonly feed: StatisticsFeed,
    @Inject(STATISTICS_SETTINGS) private readonly settings: StatisticsSettings,
  ) {}

  @Get()
  async read(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    if (rawRequestOf(request).headers.accept?.includes(EVENT_STREAM)) return this.watch(request, response);
    const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' };
    sendAnswer(response, 200, headers, JSON.stringify(await this.feed.read()));
  }

  private async watch(request: object, response: FrameworkResponse): Promise<void> {
    const stream = new EventStream(request, response, { timeout: this.settings.watcherTimeout });
    await Promise.race([this.follow(stream), stream.opened]);
  }

  private async follow(stream: EventStream): Promise<void> {
    try {
      await this.feed.follow(stream);
    } catch (error) {
      if (!stream.begun) throw error;
      if (!describeError(error).foreseen) this.logger.error(thrownReport(error));
    }
    stream.end();
  }
}
