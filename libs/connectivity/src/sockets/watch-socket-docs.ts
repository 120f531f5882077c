import type { SocketDocs } from '@millrace/core/sockets';

const ENTRY = {
  type: 'object',
  required: ['uid', 'uri', 'connection_type', 'data_type', 'capacity'],
  properties: {
    uid: { type: 'string' },
    uri: { type: 'string' },
    connection_type: { type: 'integer' },
    data_type: { type: 'string' },
    capacity: { type: 'integer' },
  },
} as const;

const HEAD = { index: { type: 'string' }, partition: { type: 'string' } } as const;

/** JSON Schemas of the events of a watch. */
export const WATCH_SCHEMAS = {
  entry: ENTRY,
  snapshot: {
    type: 'object',
    required: ['type', 'index', 'partition', 'connections'],
    properties: { type: { const: 'snapshot' }, ...HEAD, connections: { type: 'array', items: ENTRY } },
  },
  gap: { type: 'object', required: ['type', 'index', 'partition'], properties: { type: { const: 'gap' }, ...HEAD } },
  change: {
    type: 'object',
    required: ['type', 'index', 'partition', 'time', 'connection'],
    properties: {
      type: { enum: ['published', 'changed', 'retracted', 'expired'] },
      ...HEAD,
      time: { type: 'number', description: 'Milliseconds since 1970 by the clock of the registry' },
      connection: ENTRY,
    },
  },
} as const;

/** Query parameters of a watch. */
export const WATCH_QUERY = {
  uid_regex: { type: 'string', description: 'Pattern that has to match the whole name, in the syntax of Python' },
  data_type: { type: 'string', description: 'Data type, compared exactly' },
  after: { type: 'string', description: 'Index of the last event seen; continues after it' },
} as const;

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
