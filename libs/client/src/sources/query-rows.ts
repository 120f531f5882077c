import { RequestTimeoutError } from '../errors/call.errors.js';
import { ClientError } from '../errors/client.error.js';
import { ConnectionClosedError } from '../errors/connection.errors.js';
import type { ServerLink } from '../link/server-link.js';
import { milliseconds } from '../settings/read-setting.js';
import { type CallLimits, mergeSignals } from '../timing/call-limits.js';
import { parseJson } from '../transport/read-body.js';
import { readEvents } from '../transport/read-events.js';

/** A query failed after rows had come. */
export class QueryError extends ClientError {
  readonly code = 'QUERY_FAILED';

  constructor(
    readonly source: string,
    /** The reason, as the connector or the hub gave it. */
    readonly detail: unknown,
  ) {
    super(
      `The query of the source "${source}" failed: ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`,
    );
  }
}

/** The hub's own bound. */
const LONGEST_QUERY = 600_000;

/** Beside the hub's own limit, so that its answer wins over ours. */
const GRACE = 2000;

/** Rows of a query as they come. The server is held back while they are not taken; ending the iteration ends the query. */
export async function* queryRows<Row>(
  link: ServerLink,
  name: string,
  parameters: unknown,
  { timeout, signal }: CallLimits,
): AsyncGenerator<Row, void, undefined> {
  const limit = timeout === undefined ? link.settings.timeout : milliseconds('timeout', timeout);
  const asked = limit > 0 ? `?timeout=${Math.min(Math.max(1, Math.round(limit)), LONGEST_QUERY)}` : '';
  const path = `sources/${encodeURIComponent(name)}/query`;
  const late = (): Error => new RequestTimeoutError(`POST /${path}`, limit);
  const merged = mergeSignals([link.closed, signal], limit && limit + GRACE, late);
  const headers = { Accept: 'text/event-stream' };
  try {
    const reply = await link.send(
      { method: 'POST', path: path + asked, headers, body: parameters ?? {} },
      merged.signal,
    );
    try {
      for await (const { event, data } of readEvents(reply.body)) {
        if (event === 'end') return;
        if (event === 'error') throw new QueryError(name, parseJson(data, 'An error'));
        if (event !== 'row') continue;
        // The deadline is for the server, not for who takes the rows.
        merged.stop();
        yield parseJson(data, 'A row') as Row;
        merged.restart();
      }
    } finally {
      reply.cancel();
    }
    throw new ConnectionClosedError(`The query of the source "${name}" was cut off`);
  } finally {
    merged.dispose();
  }
}
