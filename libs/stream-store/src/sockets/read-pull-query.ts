import { MillraceError } from '@millrace/core/errors';
import type { UpgradeRequest } from '@millrace/core/http';
import { assertScope, principalOf } from '@millrace/core/security';
import { findConversion } from '../engine/conversion/conversion.js';
import type { PullQuery } from '../engine/pull/pull-query.js';
import { handshakeQuery } from '../engine/query/handshake-query.js';
import { queryBoolean } from '../engine/query/query-boolean.js';
import { parseCount, parseMilliseconds, parseSeconds } from '../engine/query/query-number.js';
import { splitStreams } from '../engine/query/stream-names.js';
import type { StreamLimits } from '../api/stream-limits.js';

/** @throws MillraceError 400 for a value that does not parse, 403 without the scope to read */
export function readPullQuery(request: UpgradeRequest, limits: StreamLimits): PullQuery {
  return handshakeQuery(() => {
    const { query } = request;
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
      ack: queryBoolean(query, 'ack'),
      gaps: queryBoolean(query, 'gaps'),
      conversion: findConversion(query.get('output'), query.get('input')),
    };
  });
}
