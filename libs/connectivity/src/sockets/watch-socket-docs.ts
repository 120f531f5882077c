import { arrayOf, INTEGER, TEXT } from '@millrace/core/documents';
import type { SocketDocs } from '@millrace/core/sockets';

/** JSON Schema of an object that must have all of these members. */
export function objectOf(properties: Readonly<Record<string, object>>) {
  return { type: 'object', required: Object.keys(properties), properties };
}

const ENTRY = objectOf({ uid: TEXT, uri: TEXT, connection_type: INTEGER, data_type: TEXT, capacity: INTEGER });

const event = (type: object, members: Readonly<Record<string, object>> = {}) =>
  objectOf({ type, index: TEXT, partition: TEXT, ...members });

/** JSON Schemas of the events of a watch. */
export const WATCH_SCHEMAS = {
  entry: ENTRY,
  snapshot: event({ const: 'snapshot' }, { connections: arrayOf(ENTRY) }),
  gap: event({ const: 'gap' }),
  change: event(
    { enum: ['published', 'changed', 'retracted', 'expired'] },
    {
      time: { type: 'number', description: 'Milliseconds since 1970 by the clock of the registry' },
      connection: ENTRY,
    },
  ),
};

/** Query parameters of a watch. */
export const WATCH_QUERY = {
  uid_regex: { ...TEXT, description: 'Pattern that has to match the whole name, in the syntax of Python' },
  data_type: { ...TEXT, description: 'Data type, compared exactly' },
  after: { ...TEXT, description: 'Index of the last event seen; continues after it' },
};

/** The watch, for the AsyncAPI document. */
export function watchSocketDocs(): SocketDocs {
  const message = (name: keyof typeof WATCH_SCHEMAS, summary: string) => ({
    name: `connections.${name}`,
    summary,
    contentType: 'application/json',
    schema: WATCH_SCHEMAS[name],
  });
  return {
    title: 'Watch connections',
    description: 'The matching connections of a partition, then each of their changes once and in order.',
    query: WATCH_QUERY,
    params: { partition: 'Partition to watch; it need not exist yet' },
    receives: [],
    sends: [
      message('snapshot', 'Everything that matches now; first, and again after a gap'),
      message('change', 'One connection was published, changed, retracted, or expired'),
      message('gap', 'Changes since the last event are no longer known; a snapshot follows'),
    ],
  };
}
