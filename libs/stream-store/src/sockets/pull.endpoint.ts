import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import type { UpgradeRequest } from '@millrace/core/http';
import { AccessArea, assertScope, principalOf } from '@millrace/core/security';
import { type SocketConnection, type SocketHandler, SocketRegistry } from '@millrace/core/sockets';
import { parseLastEntryIds } from '../engine/entry-id.js';
import { StreamStatistics } from '../api/stream-statistics.js';
import { StreamStore } from '../api/stream-store.js';
import { STREAM_STORE_SETTINGS, STREAMS_AREA, type StreamStoreSettings } from '../stream-store.options.js';
import { ActiveGroups } from '../engine/groups/active-groups.js';
import { type GroupRequest, joinGroups } from '../engine/groups/join-groups.js';
import { GroupPull } from '../engine/pull/group-pull.js';
import { StreamClients } from '../engine/numbers/stream-clients.js';
import { FrameCache } from '../engine/pull/pair-encoder.js';
import { convertedPairs } from '../engine/pull/converted-pairs.js';
import type { PairSource } from '../engine/pull/pair-source.js';
import { latestOnly, pairPerStream, pairRuns, singlePairs, timeKept } from '../engine/pull/pair-source.js';
import { PULL_DOCS } from './stream-sockets.docs.js';
import { type PullContext, type PullQuery, PullSession } from '../engine/pull/pull-session.js';
import { quoted } from '../engine/quoted.js';
import { Conversions } from '../engine/conversion/conversion.js';
import {
  handshakeQuery,
  parseCount,
  parseMilliseconds,
  parseSeconds,
  queryBoolean,
  readGroupOptions,
} from '../engine/query.js';
import { splitStreams } from '../engine/stream-name.js';

/** Clients acknowledge by an empty message. Any other counts as well, up to this size in bytes (stream-store§7). */
const MAX_PAYLOAD = 16 * 1024 * 1024;

/** The socket `/data/{id}/pull` (stream-store§7). */
@AccessArea(STREAMS_AREA)
@Injectable()
export class PullEndpoint implements SocketHandler<PullQuery>, OnModuleInit {
  private readonly context: PullContext;

  constructor(
    private readonly store: StreamStore,
    private readonly statistics: StreamStatistics,
    private readonly conversions: Conversions,
    private readonly active: ActiveGroups,
    private readonly clients: StreamClients,
    private readonly registry: SocketRegistry,
    @Inject(STREAM_STORE_SETTINGS) private readonly settings: StreamStoreSettings,
  ) {
    this.context = { frames: new FrameCache(), statistics, limits: settings.limits };
  }

  onModuleInit(): void {
    const { sockets, ignoreGlobalPrefix } = this.settings;
    if (!sockets) return;
    this.registry.add(this, {
      path: '/data/:stream_id/pull',
      maxPayload: MAX_PAYLOAD,
      docs: PULL_DOCS,
      ignoreGlobalPrefix,
    });
  }

  /** @throws MillraceError 400 for a value that does not parse, 403 without the scope to read */
  handshake(request: UpgradeRequest): PullQuery {
    return handshakeQuery(() => {
      const { query } = request;
      const { limits } = this.settings;
      const id = request.params['stream_id'] ?? '';
      if (id === '*') throw new MillraceError('BAD_REQUEST', 'A pull must name its streams; only a push takes "*"');
      const streams = splitStreams(id, limits);
      for (const stream of streams) assertScope(principalOf(request), `streams:read:${stream}`);
      const seconds = parseSeconds(query, 'rate_limit');
      return {
        streams,
        count: Math.min(parseCount(query, 1), limits.maxBatchEntries),
        lastEntryId: query.get('last_entry_id') ?? '$',
        latest: queryBoolean(query, 'latest'),
        timeout: parseMilliseconds(query, 'timeout'),
        timeSyncId: query.get('time_sync_id') ?? undefined,
        oneByOne: queryBoolean(query, 'onebyone'),
        pause: seconds === undefined ? undefined : Math.ceil(seconds * 1000),
        // What is handed out by a group is acknowledged always.
        ack: queryBoolean(query, 'ack') || query.has('group'),
        gaps: queryBoolean(query, 'gaps'),
        skips: queryBoolean(query, 'skips'),
        cursors: queryBoolean(query, 'cursors'),
        ends: queryBoolean(query, 'ends'),
        conversion: this.conversions.find(query.get('output'), query.get('input')),
        group: readGroup(query),
      };
    });
  }

  handleConnection(connection: SocketConnection<PullQuery>): Promise<void> {
    this.statistics.pullers += 1;
    const client = this.clients.join('readers', connection.state.streams);
    let session: PullSession | undefined;
    connection.onClose(() => {
      this.statistics.pullers -= 1;
      client.leave();
      session?.close();
    });
    if (connection.state.ack)
      connection.onMessage((data, isBinary) => session?.acknowledge(isBinary ? undefined : data));
    const opening = connection.state.group ? this.openGroup(connection, connection.state.group) : this.open(connection);
    return opening.then((opened) => {
      session = opened;
      if (connection.isOpen) session.begin();
      else session.close();
    });
  }

  private async openGroup(connection: SocketConnection<PullQuery>, request: GroupRequest): Promise<PullSession> {
    const { streams, lastEntryId, count, conversion } = connection.state;
    const [after = '$', ...more] = parseLastEntryIds(lastEntryId, 1);
    if (more.length > 0 || after === '*' || after === '-')
      throw new MillraceError('BAD_REQUEST', 'A group begins at one ID, "0" or "$", not at the newest entries');
    const options = { ...request.options, after };
    const consumers = await joinGroups(this.store, streams, { ...request, options }, connection.principal);
    const ends = streams.map((stream) => this.active.joined(stream, request.group));
    const group = new GroupPull(consumers, count, () => ends.forEach((end) => end()));
    const source = conversion ? convertedPairs(group, conversion) : group;
    return new PullSession(connection, group, source, this.context, group);
  }

  private async open(connection: SocketConnection<PullQuery>): Promise<PullSession> {
    const { streams, lastEntryId, count, ack, pause, oneByOne, conversion } = connection.state;
    const after = parseLastEntryIds(lastEntryId, streams.length);
    const keeper = timeKeeper(connection.state);
    const follower = await this.store.openFollower(streams, { after, count });
    const latest = connection.state.latest || after.includes('-');
    // Nothing has to happen between two pairs.
    const free = streams.length === 1 && !ack && pause === undefined && keeper === undefined;
    let source: PairSource;
    if (latest) source = latestOnly(follower, streams, this.store, this.statistics);
    else source = free ? pairRuns(follower, count) : singlePairs(follower, count);
    if (keeper !== undefined) source = timeKept(source, follower, streams, keeper);
    if (oneByOne && streams.length > 1) source = pairPerStream(source);
    if (conversion) source = convertedPairs(source, conversion);
    return new PullSession(connection, follower, source, this.context);
  }
}

const NOT_IN_GROUPS = ['latest', 'skips', 'time_sync_id', 'onebyone', 'cursors'];

/** @throws MillraceError for what a group cannot do */
function readGroup(query: URLSearchParams): GroupRequest | undefined {
  const group = query.get('group');
  if (group === null) {
    const left = ['consumer', 'ordered', 'idle', 'max_deliveries'].find((name) => query.has(name));
    if (left === undefined) return undefined;
    throw new MillraceError('BAD_REQUEST', `Query parameter "${left}" goes with a "group" only`);
  }
  const wrong = NOT_IN_GROUPS.find((name) => query.has(name) && query.get(name) !== 'false');
  if (wrong !== undefined)
    throw new MillraceError(
      'BAD_REQUEST',
      `Query parameter "${wrong}" cannot be with a "group", which has a place of its own`,
    );
  return { group, consumer: query.get('consumer') ?? undefined, options: readGroupOptions(query) };
}

/** Place of the stream that keeps time: given by name, or by its number in the path. */
function timeKeeper({ timeSyncId, streams }: PullQuery): number | undefined {
  if (timeSyncId === undefined) return undefined;
  const byName = streams.indexOf(timeSyncId);
  const place = byName >= 0 ? byName : Number(/^\d{1,4}$/.test(timeSyncId) ? timeSyncId : -1);
  if (place < 0 || place >= streams.length)
    throw new MillraceError(
      'BAD_REQUEST',
      `Query parameter "time_sync_id" must be one of the streams or its number in the path, not ${quoted(timeSyncId)}`,
    );
  return place;
}
