import { MillraceError } from '@millrace/core/errors';
import type { UpgradeRequest } from '@millrace/core/http';
import { assertScope, principalOf } from '@millrace/core/security';
import { handshakeQuery } from '../engine/query/handshake-query.js';
import { queryBoolean } from '../engine/query/query-boolean.js';
import { splitStreams } from '../engine/query/stream-names.js';
import type { StreamLimits } from '../api/stream-limits.js';
import type { OffsetMeaning } from '../engine/push/batch-offsets.js';
import type { PushQuery } from '../engine/push/push-query.js';
import { quoted } from '../engine/quoted.js';

/** @throws MillraceError 400 for a value that does not parse, 403 without the scope to write */
export function readPushQuery(request: UpgradeRequest, limits: StreamLimits): PushQuery {
  return handshakeQuery(() => {
    const { query } = request;
    const id = request.params['stream_id'] ?? '';
    const streams = id === '*' ? undefined : splitStreams(id, limits);
    for (const stream of streams ?? []) assertScope(principalOf(request), `streams:write:${stream}`);
    return {
      streams,
      // README: `*` implies batches.
      batch: queryBoolean(query, 'batch') || streams === undefined,
      ack: queryBoolean(query, 'ack'),
      parseMeta: queryBoolean(query, 'parse_meta'),
      offsets: readMeaning(query.get('offsets')),
    };
  });
}

function readMeaning(text: string | null): OffsetMeaning | undefined {
  if (text === null || text === 'start' || text === 'end') return text ?? undefined;
  throw new MillraceError('BAD_REQUEST', `Query parameter "offsets" must be "start" or "end", not ${quoted(text)}`);
}
