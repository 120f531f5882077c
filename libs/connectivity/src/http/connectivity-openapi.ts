import {
  answer,
  answers,
  arrayOf,
  INTEGER,
  OPEN,
  type OpenApiFragment,
  operation,
  OPTIONAL_BEARER,
  pathParameter,
  queryParameter,
  ref,
  requestBody,
  TEXT,
} from '@millrace/core/documents';
import { MOST_ENTRIES } from './entries-query.js';
import { normalizePrefix } from './connectivity.paths.js';
import { objectOf, WATCH_QUERY, WATCH_SCHEMAS } from '../sockets/watch-socket-docs.js';

const common = { tag: 'connectivity', security: OPTIONAL_BEARER };
const ok = { description: 'Done', content: { 'text/plain': { schema: { const: 'OK' } } } };
const html = { description: 'A page', content: { 'text/html': { schema: TEXT } } };
const partition = pathParameter('partition', 'Percent-encoded');
const failures = (descriptions: Readonly<Record<number, string>>): Readonly<Record<number, object>> =>
  answers(descriptions, ref('ConnectivityError'));

const lookup = (method: string): object =>
  operation({
    ...common,
    id: `lookUpConnectionsBy${method}`,
    summary: 'Live connections whose whole name and data type match',
    parameters: [partition],
    requestBody: requestBody(ref('ConnectionQuery')),
    responses: {
      200: answer('In the order of first publication', arrayOf(ref('Connection'))),
      ...failures({
        400: 'The body or the pattern is not valid, or the pattern takes too long',
        404: 'There is no such partition',
      }),
    },
  });

const change = (id: string, summary: string, schema: string, missing: boolean): object =>
  operation({
    ...common,
    id,
    summary,
    requestBody: requestBody(ref(schema)),
    responses: {
      200: ok,
      ...failures({
        400: 'The body is not valid; nothing was changed',
        403: 'Something belongs to another publisher',
        413: 'The body, or the list in it, is too large',
        429: 'The registry is full',
      }),
      ...(missing ? failures({ 404: 'The partition, or one of the names, is not known' }) : {}),
    },
  });

const page = (id: string, summary: string): object => ({
  get: operation({ ...common, id, summary, responses: { 200: html } }),
});
const probe = (id: string, summary: string): object => ({
  get: operation({ ...common, id, summary, security: OPEN, responses: { 200: ok, ...failures({ 503: 'Not now' }) } }),
});
const data = (id: string, summary: string, schema: object): object => ({
  get: operation({ ...common, id, summary, responses: { 200: answer(summary, schema) } }),
});

/** The endpoints of this module for the host's OpenAPI document. @param prefix as given to `forRoot` */
export function connectivityOpenApi(prefix = ''): OpenApiFragment {
  const at = normalizePrefix(prefix);
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
      [`${at}/connections/partitions`]: data(
        'listPartitions',
        'Partitions and how many entries they have',
        arrayOf({ type: 'object', properties: { name: TEXT, entries: INTEGER } }),
      ),
      [`${at}/connections/{partition}/entries`]: {
        get: operation({
          ...common,
          id: 'listEntries',
          summary: 'Connections with who published them and how long they live',
          parameters: [
            partition,
            queryParameter('uid_regex', WATCH_QUERY.uid_regex.description, TEXT),
            queryParameter('data_type', WATCH_QUERY.data_type.description, TEXT),
            queryParameter('expired', 'Expired ones too, as long as the registry knows them', {
              type: 'boolean',
              default: false,
            }),
            queryParameter('count', 'How many at most', {
              ...INTEGER,
              minimum: 1,
              maximum: MOST_ENTRIES,
              default: 1000,
            }),
          ],
          responses: {
            200: answer('In the order of first publication', ref('RegistryEntries')),
            ...failures({ 400: 'A parameter is not valid', 404: 'There is no such partition' }),
          },
        }),
      },
      [`${at}/connections/{partition}/watch`]: {
        get: operation({
          ...common,
          id: 'watchConnections',
          summary: 'The matching connections, then each change, as server-sent events',
          parameters: [
            partition,
            ...Object.entries(WATCH_QUERY).map(([name, { description, ...schema }]) =>
              queryParameter(name, description, schema),
            ),
            { name: 'Last-Event-ID', in: 'header', schema: TEXT, description: 'Continues after this index' },
          ],
          responses: {
            200: { description: 'Events', content: { 'text/event-stream': { schema: ref('WatchEvent') } } },
            ...failures({ 400: 'A parameter is not valid' }),
          },
        }),
      },
    },
    components: { schemas: SCHEMAS },
  };
}

const SCHEMAS = {
  Connection: WATCH_SCHEMAS.entry,
  ConnectionQuery: {
    ...objectOf({ uid_regex: TEXT, data_type: TEXT }),
    example: { data_type: 'TPSet', uid_regex: 'DRO-.*' },
  },
  Publication: objectOf({
    partition: TEXT,
    connections: arrayOf({ ...WATCH_SCHEMAS.entry, required: ['uid', 'uri', 'data_type', 'connection_type'] }),
  }),
  Retraction: objectOf({
    partition: TEXT,
    connections: arrayOf({
      type: 'object',
      required: ['connection_id'],
      properties: { connection_id: TEXT, data_type: TEXT },
    }),
  }),
  RegistryEntries: objectOf({
    entries: arrayOf(
      objectOf({
        ...WATCH_SCHEMAS.entry.properties,
        publisher: { type: ['string', 'null'], description: 'User or key; null: not known, or the application itself' },
        host: { type: 'boolean', description: 'Whether the application itself published it' },
        published: { ...INTEGER, description: 'Milliseconds since 1970' },
        time_left: { ...INTEGER, description: 'Milliseconds until it expires; 0 when it has' },
        live: { type: 'boolean' },
      }),
    ),
    more: { type: 'boolean', description: 'Whether more match than were asked for' },
  }),
  PartitionName: objectOf({ partition: TEXT }),
  WatchEvent: { oneOf: [WATCH_SCHEMAS.snapshot, WATCH_SCHEMAS.change, WATCH_SCHEMAS.gap] },
  ConnectivityError: objectOf({ detail: TEXT }),
};
