import { Get, Inject, Param, Req, Res, UseFilters } from '@nestjs/common';
import { DetailExceptionFilter } from '@millrace/core/errors';
import { type FrameworkResponse, queryOf } from '@millrace/core/http';
import { AccessArea } from '@millrace/core/security';
import type { WireRegistryEntries, WireRegistryEntry } from '@millrace/protocol';
import { ConnectionRegistry, HOST_ACTOR, type ListedConnection } from '../api/connection-registry.js';
import { CONNECTIVITY_AREA, CONNECTIVITY_SETTINGS, type ConnectivitySettings } from '../connectivity.options.js';
import { PatternWarmUp } from '../pattern-warm-up.js';
import { ConnectivityAccess } from './access.js';
import { readEntriesQuery } from './entries-query.js';
import { checkPartition } from './members.js';
import { JSON_TYPE, send } from './send.js';

/** Entries of a partition with their circumstances, for pages that administer a registry. */
@AccessArea(CONNECTIVITY_AREA)
@UseFilters(DetailExceptionFilter)
export class EntriesController {
  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly access: ConnectivityAccess,
    private readonly warmUp: PatternWarmUp,
    @Inject(CONNECTIVITY_SETTINGS) private readonly settings: ConnectivitySettings,
  ) {}

  @Get('connections/:partition/entries')
  async entries(
    @Param('partition') partition: string,
    @Req() request: object,
    @Res() response: FrameworkResponse,
  ): Promise<void> {
    this.access.assert(request, 'read', checkPartition(partition));
    const { count, ...query } = readEntriesQuery(queryOf(request), this.settings.limits);
    await this.warmUp.before(query.pattern);
    // One more than asked for tells whether there are more.
    const listed = await this.registry.list(partition, { ...query, count: count + 1 });
    const now = Date.now();
    const answer: WireRegistryEntries = {
      entries: listed.slice(0, count).map((one) => entryJson(one, now)),
      more: listed.length > count,
    };
    send(response, 200, JSON_TYPE, Buffer.from(JSON.stringify(answer)));
  }
}

/** The subject of the host is a name for inside only. */
function entryJson(
  { entry, live, publishedAt, expiresAt, publisher }: ListedConnection,
  now: number,
): WireRegistryEntry {
  const { uid, uri, connectionType, dataType, capacity } = entry;
  const host = publisher === HOST_ACTOR.subject;
  return {
    uid,
    uri,
    connection_type: connectionType,
    data_type: dataType,
    capacity,
    publisher: host ? null : (publisher ?? null),
    host,
    published: Math.round(publishedAt),
    time_left: live ? Math.max(0, Math.round(expiresAt - now)) : 0,
    live,
  };
}
