import { answer, type DocumentInfo, type OpenApiFragment } from '@millrace/core/documents';

const DESCRIPTION = [
  'Every REST endpoint of this server. The console at [/console](/console/) shows them, its WebSockets and its methods of JSON-RPC.',
  'Press **Authorize**, give a name and its password (in development any name whose password equals it), and try things out.',
].join('\n\n');

/** Head of the application's OpenAPI document. */
export const OPEN_API_INFO: DocumentInfo = {
  title: 'Millrace',
  description: DESCRIPTION,
  version: '0.1.0',
  contact: {},
};

const indicator = {
  type: 'object',
  required: ['status'],
  properties: {
    status: { type: 'string', enum: ['up', 'degraded', 'down'] },
    responseTime: { type: 'number', description: 'Time the health indicator took to respond, in ms' },
  },
  additionalProperties: true,
};

const up = { database: { status: 'up', responseTime: 12 } };
const down = { redis: { status: 'down', message: 'Could not connect', responseTime: 3005 } };

const health = (description: string, statuses: readonly string[], failed: object): object => {
  const [example] = statuses;
  const indicators = { additionalProperties: indicator };
  const schema = {
    type: 'object',
    properties: {
      status: { type: 'string', enum: statuses, example },
      info: { type: ['object', 'null'], example: up, ...indicators },
      error: { type: ['object', 'null'], example: failed, ...indicators },
      details: { type: 'object', example: { ...up, ...failed }, ...indicators },
    },
  };
  return answer(description, schema);
};

/** What the document says of `/health` and `/metrics`. */
export const OPERATIONS_OPEN_API: OpenApiFragment = {
  paths: {
    '/health': {
      get: {
        operationId: 'HealthController_check',
        parameters: [],
        responses: {
          200: health('The Health Check is successful', ['ok', 'degraded'], {}),
          503: health('The Health Check is not successful', ['error', 'shutting_down'], down),
        },
        tags: ['Health'],
      },
    },
    '/metrics': {
      get: {
        operationId: 'MetricsController_read',
        parameters: [],
        responses: { 200: { description: '' } },
        tags: ['Metrics'],
      },
    },
  },
};
