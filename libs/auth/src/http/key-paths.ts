const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const json = (schema: object): object => ({ content: { 'application/json': { schema } } });
const record = { $ref: '#/components/schemas/ApiKey' };
const noStore = { 'Cache-Control': { schema: { const: 'no-store' } } };
const security = [{ bearer: [] }];

const refusals = {
  401: { description: 'Nobody says who asks' },
  403: { description: 'The scope keys:admin is needed' },
};

/** Schemas of `/keys`. */
export const keySchemas = {
  ApiKey: {
    type: 'object',
    required: ['id', 'name', 'scopes', 'created', 'expires', 'lastUsed'],
    properties: {
      id: { ...text, description: 'The middle part of the key' },
      name: text,
      scopes: { type: 'array', items: text, example: ['streams:write:weather*'] },
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
      name: { ...text, minLength: 1, maxLength: 200, example: 'weather station' },
      scopes: { type: 'array', minItems: 1, maxItems: 100, items: text, example: ['streams:write:weather*'] },
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
    post: {
      operationId: 'createApiKey',
      tags: ['keys'],
      summary: 'Make an API key',
      description:
        'The answer holds the key for the only time. Nobody can give a scope they do not hold. Over a connection that is not encrypted it is refused, unless the request comes from the machine itself.',
      security,
      requestBody: { required: true, ...json({ $ref: '#/components/schemas/NewApiKey' }) },
      responses: {
        201: {
          description: 'The key',
          headers: noStore,
          ...json({
            allOf: [
              record,
              {
                type: 'object',
                required: ['key'],
                properties: { key: { ...text, pattern: '^mr_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}$' } },
              },
            ],
          }),
        },
        400: { description: 'The body is not JSON' },
        ...refusals,
        403: {
          description:
            'The scope keys:admin is needed, a scope goes beyond your own, or the connection is not encrypted',
        },
        409: { description: 'There are as many keys as there may be' },
        413: { description: 'The body is too large' },
        422: { description: 'A member is missing, unknown or not valid' },
        429: {
          description: 'Too many new keys from this address',
          headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds to wait' } },
        },
      },
    },
    get: {
      operationId: 'listApiKeys',
      tags: ['keys'],
      summary: 'List the API keys',
      description: 'Oldest first, those that have run out too, and without their secrets.',
      security,
      responses: {
        200: { description: 'The keys', headers: noStore, ...json({ type: 'array', items: record }) },
        ...refusals,
      },
    },
  },
  '/keys/{id}': {
    delete: {
      operationId: 'revokeApiKey',
      tags: ['keys'],
      summary: 'Revoke an API key',
      description: 'It is refused from now on, and live sockets opened with it are closed with 3000.',
      security,
      parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
      responses: {
        204: { description: 'Revoked' },
        ...refusals,
        404: { description: 'There is no such key' },
      },
    },
  },
};
