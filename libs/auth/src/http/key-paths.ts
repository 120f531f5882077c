import {
  answer,
  answers,
  arrayOf,
  BEARER,
  INTEGER,
  operation,
  pathParameter,
  ref,
  requestBody,
  TEXT,
} from '@millrace/core/documents';
const time = { type: 'string', format: 'date-time' };
const record = ref('ApiKey');
const noStore = { 'Cache-Control': { schema: { const: 'no-store' } } };

const refusals = answers({ 401: 'The request carries no valid token or key', 403: 'The scope keys:admin is needed' });

/** Schemas of `/keys`. */
export const keySchemas = {
  ApiKey: {
    type: 'object',
    required: ['id', 'name', 'scopes', 'created', 'expires', 'lastUsed'],
    properties: {
      id: { ...TEXT, description: 'The middle part of the key' },
      name: TEXT,
      scopes: { type: 'array', items: TEXT, example: ['streams:write:weather*'] },
      created: time,
      expires: { type: ['string', 'null'], format: 'date-time', description: 'null: never' },
      lastUsed: { type: ['string', 'null'], format: 'date-time', description: 'To the minute; null: never' },
    },
  },
  NewApiKey: {
    type: 'object',
    additionalProperties: false,
    required: ['name', 'scopes'],
    properties: {
      name: { ...TEXT, minLength: 1, maxLength: 200, example: 'weather station' },
      scopes: { type: 'array', minItems: 1, maxItems: 100, items: TEXT, example: ['streams:write:weather*'] },
      expires: {
        type: ['string', 'null'],
        description: 'A time span such as 90d, 12h, or a time such as 2030-01-31T12:00:00Z; null or absent: never',
        example: '90d',
      },
    },
  },
};

/** `/keys` and `/keys/{id}`. */
export const keyPaths = {
  '/keys': {
    post: operation({
      id: 'createApiKey',
      tag: 'keys',
      summary: 'Make an API key',
      description:
        'The answer holds the key for the only time. Nobody can give a scope they do not hold. Over a connection that is not encrypted it is refused, unless the request comes from the machine itself.',
      security: BEARER,
      requestBody: requestBody(ref('NewApiKey')),
      responses: {
        201: {
          ...answer('The key', {
            allOf: [
              record,
              {
                type: 'object',
                required: ['key'],
                properties: { key: { ...TEXT, pattern: '^mr_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}$' } },
              },
            ],
          }),
          headers: noStore,
        },
        ...refusals,
        ...answers({
          400: 'The body is not JSON',
          403: 'The scope keys:admin is needed, a scope goes beyond your own, or the connection is not encrypted',
          409: 'The store of keys is full',
          413: 'The body is too large',
          422: 'A member is missing, unknown or not valid',
        }),
        429: {
          ...answer('Too many new keys from this address'),
          headers: { 'Retry-After': { schema: INTEGER, description: 'Seconds to wait' } },
        },
      },
    }),
    get: operation({
      id: 'listApiKeys',
      tag: 'keys',
      summary: 'List the API keys',
      description: 'Oldest first, those that have run out too, and without their secrets.',
      security: BEARER,
      responses: { 200: { ...answer('The keys', arrayOf(record)), headers: noStore }, ...refusals },
    }),
  },
  '/keys/{id}': {
    delete: operation({
      id: 'revokeApiKey',
      tag: 'keys',
      summary: 'Revoke an API key',
      description: 'It is refused from now on, and live sockets opened with it are closed with 3000.',
      security: BEARER,
      parameters: [pathParameter('id')],
      responses: { ...refusals, ...answers({ 204: 'Revoked', 404: 'No key has this id' }) },
    }),
  },
};
