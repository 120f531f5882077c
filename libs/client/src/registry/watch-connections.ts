import type { ConnectionEvent, ConnectionQuery } from '@millrace/protocol';
import type { ServerLink } from '../link/server-link.js';
import { followEvents } from '../link/follow-events.js';
import { readConnectionEvent } from './connection.js';

/** Options of a watch. */
export interface ConnectionWatchOptions extends ConnectionQuery {
  /** Continue after this index of an earlier event, instead of beginning with a snapshot. */
  readonly after?: string | undefined;
  /** Ends the iteration with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Events of a partition, through cuts of the connection: each goes on after the last event that was seen. */
export function watchConnections(
  link: ServerLink,
  partition: string,
  { pattern, dataType, after, signal }: ConnectionWatchOptions,
): AsyncGenerator<ConnectionEvent, void, undefined> {
  const query = new URLSearchParams();
  if (pattern !== undefined) query.set('uid_regex', pattern);
  if (dataType !== undefined) query.set('data_type', dataType);
  let last = after;
  return followEvents(link, {
    path: `connections/${encodeURIComponent(partition)}/watch?${query.toString()}`,
    after: () => last,
    signal,
    read: (value) => {
      const event = readConnectionEvent(value);
      last = event?.index ?? last;
      return event;
    },
  });
}
