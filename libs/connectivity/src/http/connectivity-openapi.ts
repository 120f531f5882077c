import { normalizePrefix } from './connectivity.paths.js';
import { WATCH_QUERY, WATCH_SCHEMAS } from '../sockets/watch-socket-docs.js';

/** A part of an OpenAPI 3.1 document. */
export interface OpenApiFragment {
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components: Readonly<Record<string, unknown>>;
}

const text = { type: 'string' };
const tags = ['connectivity'];
/** Hosts may leave the registry open or not: a token is sent where there is one, and asked for nowhere. */
const security = [{}, { bearer: [] }];
const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object): object => ({ content: { 'application/json': { schema } } });
const failure = (description: string): object => ({ description, ...json(ref('ConnectivityError')) });
const ok = { description: 'Done', content: { 'text/plain': { schema: { const: 'OK' } } } };
const html = { description: 'A page', content: { 'text/html': { schema: text } } };
const partition = { name: 'partition', in: 'path', required: true, schema: text, description: 'Percent-encoded' };

const lookup = (method: string): object => ({
  operationId: `lookUpConnectionsBy${method}`,
  tags,
  summary: 'Live connections whose whole name and data type match',
  security,
  parameters: [partition],
  requestBody: { required: true, ...json(ref('ConnectionQuery')) },
  responses: {
    200: { description: 'In the order of first publication', ...json({ type: 'array', items: ref('Connection') }) },
    400: failure('The body or the pattern is not valid, or the pattern takes too long'),
    404: failure('There is no such partition'),
  },
});

const change = (operationId: string, summary: string, schema: string, missing: boolean): object => ({
  operationId,
  tags,
  summary,
  security,
  requestBody: { required: true, ...json(ref(schema)) },
  responses: {
    200: ok,
    400: failure('The body is not valid; nothing was changed'),
    403: failure('Something belongs to another publisher'),
    ...(missing ? { 404: failure('The partition, or one of the names, is not known') } : {}),
    413: failure('The body, or the list in it, is too large'),
    429: failure('The registry is full'),
  },
});

const page = (operationId: string, summary: string): object => ({
  get: { operationId, tags, summary, security, responses: { 200: html } },
});
const probe = (operationId: string, summary: string): object => ({
  get: { operationId, tags, summary, security: [], responses: { 200: ok, 503: failure('Not now') } },
});

/** The endpoints of this module for the host's OpenAPI document. @param prefix as given to `forRoot` */
export function connectivityOpenApi(prefix = ''): OpenApiFragment {
  const at = normalizePrefix(prefix);
  const data = (operationId: string, summary: string, schema: object): object => ({
    get: { operationId, tags, summary, security, responses: { 200: { description: summary, ...json(schema) } } },
  });
  return {
    paths: {
      [`${at}/`]: page('showFrontPage', 'Partitions with their connections, and statistics'),
      [`${at}/publish`]: { post: change('publishConnections', 'Publish connections', 'Publication', false) },
      [`${at}/getconnection/{partition}`]: { post: lookup('Post'), get: lookup('Get') },
      [`${at}/retract`]: { post: change('retractConnections', 'Retract connections', 'Retraction', true) },
      [`${at}/retract-partition`]: {
        post: change('retractPartition', 'Retract a partition, by JSON or by form', 'PartitionName', true),
      },
      [`${at}/stats`]: page('showStatistics', 'Statistics'),
      [`${at}/resetStats`]: page('resetStatistics', 'Statistics before they start anew'),
      [`${at}/resetService`]: page('resetRegistry', 'Statistics before they start anew and every partition is dropped'),
      [`${at}/live`]: probe('isRegistryAlive', 'Whether the process serves'),
      [`${at}/ready`]: probe('isRegistryReady', 'Whether the registry answers'),
      [`${at}/connections/statistics`]: data('readStatistics', 'Statistics as JSON', { type: 'object' }),
      [`${at}/connections/partitions`]: data('listPartitions', 'Partitions and how many entries they have', {
        type: 'array',
        items: { type: 'object', properties: { name: text, entries: { type: 'integer' } } },
      }),
      [`${at}/connections/{partition}/watch`]: {
        get: {
          operationId: 'watchConnections',
          tags,
          summary: 'The matching connections, then each change, as server-sent events',
          security,
          parameters: [
            partition,
            ...Object.entries(WATCH_QUERY).map(([name, { description, ...schema }]) => ({
              name,
              in: 'query',
              description,
              schema,
            })),
            { name: 'Last-Event-ID', in: 'header', schema: text, description: 'Continues after this index' },
          ],
          responses: {
            200: { description: 'Events', content: { 'text/event-stream': { schema: ref('WatchEvent') } } },
            400: failure('A parameter is not valid'),
          },
        },
      },
    },
    components: { schemas: SCHEMAS },
  };
}

const connections = (items: object): object => ({ type: 'array', items });

const SCHEMAS = {
  Connection: WATCH_SCHEMAS.entry,
  ConnectionQuery: {
    type: 'object',
    required: ['uid_regex', 'data_type'],
    properties: { uid_regex: text, data_type: text },
    example: { data_type: 'TPSet', uid_regex: 'DRO-.*' },
  },
  Publication: {
    type: 'object',
    required: ['partition', 'connections'],
    properties: {
      partition: text,
      connections: connections({
        ...WATCH_SCHEMAS.entry,
        required: ['uid', 'uri', 'data_type', 'connection_type'],
      }),
    },
  },
  Retraction: {
    type: 'object',
    required: ['partition', 'connections'],
    properties: {
      partition: text,
      connections: connections({
        type: 'object',
        required: ['connection_id'],
        properties: { connection_id: text, data_type: text },
      }),
    },
  },
  PartitionName: { type: 'object', required: ['partition'], properties: { partition: text } },
  WatchEvent: { oneOf: [WATCH_SCHEMAS.snapshot, WATCH_SCHEMAS.change, WATCH_SCHEMAS.gap] },
  ConnectivityError: { type: 'object', required: ['detail'], properties: { detail: text } },
};
