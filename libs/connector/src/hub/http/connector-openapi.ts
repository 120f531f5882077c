import {
  answer,
  answers,
  arrayOf,
  BEARER,
  INTEGER,
  type OpenApiFragment,
  operation,
  type OperationInit,
  pathParameter,
  queryParameter,
  ref,
  requestBody,
  TEXT,
} from '@millrace/core/documents';

const TAG = 'sources';
const anything = { description: 'Any JSON value' };
const failures = (descriptions: Readonly<Record<number, string>>): Readonly<Record<number, object>> =>
  answers(descriptions, ref('SourceError'));
const name = pathParameter('name', 'Name of the source');
const none = failures({ 404: 'There is no such source' });
const refused = { 401: 'A token is due', 403: 'The token lacks the scope' };
const away = failures({ 503: 'No connector serves the source' });

const sourceOperation = (
  id: string,
  scope: string,
  summary: string,
  { parameters = [], responses, ...init }: Pick<OperationInit, 'parameters' | 'requestBody' | 'responses'>,
): object =>
  operation({
    ...init,
    id,
    tag: TAG,
    summary,
    description: `Scope \`sources:${scope}:<name>\`.`,
    security: BEARER,
    parameters: [name, ...parameters],
    responses: { ...responses, ...failures(refused) },
  });

/** The hub's endpoints below `/sources`, for the host's OpenAPI document. */
export function connectorOpenApi(): OpenApiFragment {
  return {
    tags: [{ name: TAG, description: 'Connectors and the sources they serve' }],
    paths: {
      '/sources': {
        get: operation({
          id: 'listSources',
          tag: TAG,
          summary: 'The sources the caller may read',
          security: BEARER,
          responses: {
            200: answer('With state, since when, reconnects, last error, open queries', arrayOf(ref('SourceStatus'))),
            ...failures({ 401: refused[401] }),
          },
        }),
      },
      '/sources/{name}': {
        get: sourceOperation('getSource', 'admin', 'A source with its configuration document', {
          responses: { 200: answer('The source', ref('SourceDetails')), ...none },
        }),
        put: sourceOperation(
          'putSource',
          'admin',
          'Create a source, or give it another configuration; its connector claims it anew',
          {
            requestBody: requestBody(ref('SourceConfiguration')),
            responses: {
              204: answer('Stored'),
              ...failures({ 422: 'The document is not a JSON object', 503: 'The disk is full' }),
            },
          },
        ),
        delete: sourceOperation('deleteSource', 'admin', 'Delete a source', {
          responses: { 204: answer('Deleted'), ...none },
        }),
      },
      '/sources/{name}/notifications': {
        get: sourceOperation('listNotifications', 'read', 'The newest kept notifications, oldest first', {
          parameters: [queryParameter('count', undefined, { ...INTEGER, minimum: 0, default: 10 })],
          responses: { 200: answer('Notifications', arrayOf(ref('SourceNotification'))), ...none },
        }),
      },
      '/sources/{name}/publish': {
        post: sourceOperation('publishToSource', 'publish', 'Publish to the connector of the source', {
          requestBody: requestBody({ ...anything, example: { target: 22 } }),
          responses: { 202: answer('Handed to the connector'), ...none, ...away },
        }),
      },
      '/sources/{name}/query': {
        post: sourceOperation('querySource', 'query', 'Query the connector of the source', {
          parameters: [
            queryParameter('timeout', 'How long it may go without a row, in milliseconds', {
              ...INTEGER,
              minimum: 1,
              maximum: 600_000,
            }),
          ],
          requestBody: requestBody({ type: 'object', example: { count: 5 } }),
          responses: {
            200: {
              description: 'All rows as a JSON array, or each as it comes, as `Accept` asks',
              content: {
                'application/json': { schema: arrayOf(anything) },
                'application/x-ndjson': { schema: { ...TEXT, description: 'One row a line' } },
                'text/event-stream': { schema: { ...TEXT, description: 'Events `row`, then `end` or `error`' } },
              },
            },
            ...none,
            ...away,
            ...failures({
              502: 'The connector answered with an error',
              504: 'The connector did not answer in time',
            }),
          },
        }),
      },
      '/sources/{name}/reconnect': {
        post: sourceOperation('reconnectSource', 'admin', 'Ask the connector to claim the source anew', {
          responses: { 202: answer('Asked'), ...none, ...away },
        }),
      },
    },
    components: { schemas: SCHEMAS },
  };
}

const milliseconds = { ...INTEGER, description: 'Milliseconds since 1970' };
const STATUS = {
  name: TEXT,
  state: { enum: ['connected', 'reconnecting', 'disconnected'] },
  since: milliseconds,
  lastError: TEXT,
  lastErrorAt: milliseconds,
  openQueries: INTEGER,
  reconnects: { ...INTEGER, description: 'How often a connector has come back, after the first one' },
  notifications: INTEGER,
  publishes: INTEGER,
  queries: INTEGER,
};
const REQUIRED = ['name', 'state', 'since', 'openQueries', 'reconnects', 'notifications', 'publishes', 'queries'];

const SCHEMAS = {
  SourceStatus: { type: 'object', required: REQUIRED, properties: STATUS },
  SourceConfiguration: {
    type: 'object',
    description: 'What the connector is configured with',
    example: { target: 20 },
  },
  SourceDetails: {
    type: 'object',
    required: [...REQUIRED, 'configuration'],
    properties: { ...STATUS, configuration: ref('SourceConfiguration') },
  },
  SourceNotification: {
    type: 'object',
    required: ['source', 'object', 'receivedAt', 'redelivered'],
    properties: {
      source: TEXT,
      object: { type: 'object' },
      receivedAt: milliseconds,
      id: TEXT,
      redelivered: { type: 'boolean', description: 'The connector may have sent it before' },
    },
  },
  SourceError: {
    type: 'object',
    required: ['detail'],
    properties: { detail: { description: 'A reason, or the report of the connector' } },
  },
};
