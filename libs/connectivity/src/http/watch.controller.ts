import { Get, Inject, Logger, Param, Req, Res, UseFilters } from '@nestjs/common';
import { describeError, DetailExceptionFilter } from '@millrace/core/errors';
import { EventStream, type FrameworkResponse, queryOf, rawRequestOf } from '@millrace/core/http';
import { AccessArea } from '@millrace/core/security';
import { serverSentFields, thrownReport } from '@millrace/protocol';
import { CONNECTIVITY_AREA, CONNECTIVITY_SETTINGS, type ConnectivitySettings } from '../connectivity.options.js';
import { ConnectivityAccess } from './access.js';
import { checkPartition } from './members.js';
import { JSON_TYPE, send } from './send.js';
import { ConnectionRegistry, type RegistryStatistics } from '../api/connection-registry.js';
import { WatchHub } from '../engine/watch/watch-hub.js';
import { readWatchQuery, type WatchQuery } from '../engine/watch/watch-query.js';

/** What this registry offers beyond the original's protocol: changes as they happen, and figures as JSON. */
@AccessArea(CONNECTIVITY_AREA)
@UseFilters(DetailExceptionFilter)
export class WatchController {
  private readonly logger = new Logger(WatchController.name);

  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly hub: WatchHub,
    private readonly access: ConnectivityAccess,
    @Inject(CONNECTIVITY_SETTINGS) private readonly settings: ConnectivitySettings,
  ) {}

  @Get('connections/statistics')
  async statistics(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    this.access.assert(request, 'read');
    send(response, 200, JSON_TYPE, Buffer.from(JSON.stringify(statisticsJson(await this.registry.statistics()))));
  }

  @Get('connections/partitions')
  async partitions(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    this.access.assert(request, 'read');
    send(response, 200, JSON_TYPE, Buffer.from(JSON.stringify(await this.registry.partitions())));
  }

  @Get('connections/:partition/watch')
  async watch(
    @Param('partition') partition: string,
    @Req() request: object,
    @Res() response: FrameworkResponse,
  ): Promise<void> {
    this.access.assert(request, 'read', checkPartition(partition));
    const { headers } = rawRequestOf(request);
    const query = readWatchQuery(queryOf(request), this.settings.limits, headers['last-event-id']?.toString());
    const stream = new EventStream(request, response, { timeout: this.settings.watcherTimeout });
    await Promise.race([this.feed(partition, query, stream), stream.opened]);
  }

  private async feed(partition: string, query: WatchQuery, stream: EventStream): Promise<void> {
    try {
      await this.hub.feed(partition, query, {
        signal: stream.signal,
        write: ({ type, index }, { text, isFirst, isLast }, signal) => {
          const head = isFirst ? `${serverSentFields({ event: type, id: index })}data: ` : '';
          return stream.write(`${head}${text}${isLast ? '\n\n' : ''}`, isLast, signal);
        },
      });
    } catch (error) {
      // The client comes back with its last index, and meets the error's status if it still stands.
      if (!stream.begun) throw error;
      if (!describeError(error).foreseen) this.logger.error(thrownReport(error));
    }
    stream.end();
  }
}

/** The statistics as plain data, for `GET /connections/statistics`. */
function statisticsJson(statistics: RegistryStatistics): object {
  const { since, publish, lookup, partitions, maxPartitions, connections, maxConnections, watchers } = statistics;
  return {
    since: new Date(since).toISOString(),
    publish,
    lookup,
    partitions,
    max_partitions: maxPartitions,
    connections,
    // A list: not every reader takes a name such as __proto__ for a member of an object.
    max_connections: [...maxConnections].map(([partition, most]) => ({ partition, most })),
    watchers,
  };
}
