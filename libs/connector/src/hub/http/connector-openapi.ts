/** A part of an OpenAPI 3.1 document. */
export interface OpenApiFragment {
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components: Readonly<Record<string, unknown>>;
}

const TAG = 'sources';
const text = { type: 'string' };
const integer = { type: 'integer' };
const anything = { description: 'Any JSON value' };
const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object): object => ({ content: { 'application/json': { schema } } });
const failure = (description: string): object => ({ description, ...json(ref('SourceError')) });
const name = { name: 'name', in: 'path', required: true, schema: text, description: 'Name of the source' };
const none = failure('There is no such source');
const security = [{ bearer: [] }];
const refused = { 401: failure('A token is due'), 403: failure('The token lacks the scope') };
const away = failure('No connector serves the source');

interface Operation {
  readonly id: string;
  readonly summary: string;
  readonly scope: string;
  readonly parameters?: readonly object[];
  readonly body?: object;
  readonly responses: object;
}

const operation = ({ id, summary, scope, parameters = [], body, responses }: Operation): object => ({
  operationId: id,
  tags: [TAG],
  summary,
  description: `Scope \`sources:${scope}:<name>\`.`,
  security,
  parameters: [name, ...parameters],
  ...(body ? { requestBody: { required: true, ...body } } : {}),
  responses: { ...responses, ...refused },
});

/** The hub's endpoints below `/sources`, for the host's OpenAPI document. */
export function connectorOpenApi(): OpenApiFragment {
  return {
    tags: [{ name: TAG, description: 'Connectors and the sources they serve' }],
    paths: {
      '/sources': {
        get: {
          operationId: 'listSources',
          tags: [TAG],
          summary: 'The sources the caller may read',
          security,
          responses: {
            200: { description: 'With state, since when, last error, open queries', ...json(list('SourceStatus')) },
            401: refused[401],
          },
        },
      },
      '/sources/{name}': {
        get: operation({
          id: 'getSource',
          summary: 'A source with its configuration document',
          scope: 'admin',
          responses: { 200: { description: 'The source', ...json(ref('SourceDetails')) }, 404: none },
        }),
        put: operation({
          id: 'putSource',
          summary: 'Create a source, or give it another configuration; its connector claims it anew',
          scope: 'admin',
          body: json(ref('SourceConfiguration')),
          responses: { 204: { description: 'Stored' }, 422: failure('The document is not a JSON object') },
        }),
        delete: operation({
          id: 'deleteSource',
          summary: 'Delete a source',
          scope: 'admin',
          responses: { 204: { description: 'Deleted' }, 404: none },
        }),
      },
      '/sources/{name}/notifications': {
        get: operation({
          id: 'listNotifications',
          summary: 'The newest kept notifications, oldest first',
          scope: 'read',
          parameters: [{ name: 'count', in: 'query', schema: { type: 'integer', minimum: 0, default: 10 } }],
          responses: { 200: { description: 'Notifications', ...json(list('SourceNotification')) }, 404: none },
        }),
      },
      '/sources/{name}/publish': {
        post: operation({
          id: 'publishToSource',
          summary: 'Publish to the connector of the source',
          scope: 'publish',
          body: json({ ...anything, example: { target: 22 } }),
          responses: { 202: { description: 'Handed to the connector' }, 404: none, 503: away },
        }),
      },
      '/sources/{name}/query': {
        post: operation({
          id: 'querySource',
          summary: 'Query the connector of the source',
          scope: 'query',
          parameters: [
            {
              name: 'timeout',
              in: 'query',
              schema: { type: 'integer', minimum: 1, maximum: 600_000 },
              description: 'How long it may go without a row, in milliseconds',
            },
          ],
          body: json({ type: 'object', example: { count: 5 } }),
          responses: {
            200: {
              description: 'All rows as a JSON array, or each as it comes, as `Accept` asks',
              content: {
                'application/json': { schema: { type: 'array', items: anything } },
                'application/x-ndjson': { schema: { ...text, description: 'One row a line' } },
                'text/event-stream': { schema: { ...text, description: 'Events `row`, then `end` or `error`' } },
              },
            },
            404: none,
            502: failure('The connector answered with an error'),
            503: away,
            504: failure('The connector did not answer in time'),
          },
        }),
      },
      '/sources/{name}/reconnect': {
        post: operation({
          id: 'reconnectSource',
          summary: 'Ask the connector to claim the source anew',
          scope: 'admin',
          responses: { 202: { description: 'Asked' }, 404: none, 503: away },
        }),
      },
    },
    components: { schemas: SCHEMAS },
  };
}

function list(schema: string): object {
  return { type: 'array', items: ref(schema) };
}

const milliseconds = { ...integer, description: 'Milliseconds since 1970' };
const STATUS = {
  name: text,
  state: { enum: ['connected', 'reconnecting', 'disconnected'] },
  since: milliseconds,
  lastError: text,
  lastErrorAt: milliseconds,
  openQueries: integer,
  notifications: integer,
  publishes: integer,
  queries: integer,
};
const REQUIRED = ['name', 'state', 'since', 'openQueries', 'notifications', 'publishes', 'queries'];

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
      source: text,
      object: { type: 'object' },
      receivedAt: milliseconds,
      id: text,
      redelivered: { type: 'boolean', description: 'The connector may have sent it before' },
    },
  },
  SourceError: {
    type: 'object',
    required: ['detail'],
    properties: { detail: { description: 'A reason, or the report of the connector' } },
  },
};
