import {
  answer,
  answers,
  arrayOf,
  BEARER,
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
import { TOKEN_COOKIE, TOKEN_QUERY } from '../engine/bearer-credential.js';
import { NO_STORE, NOT_KEPT, revocationPaths } from './revocations-openapi.js';
import { MAX_COOKIE_AGE } from './token-cookie.js';
import { userPaths, userSchemas } from './users-openapi.js';

const tooMany = (what: string): object => ({
  ...answer(`Too many ${what} from this address`),
  headers: { 'Retry-After': { schema: INTEGER, description: 'Seconds to wait' } },
});

const NOT_WRITTEN = 'The store of keys cannot be written: its disk is full, or it is out of reach';

const required = { ...TEXT, minLength: 1 };

const loginForm = {
  type: 'object',
  required: ['username', 'password'],
  properties: {
    username: required,
    password: { ...required, format: 'password' },
    grant_type: { const: 'password' },
    scope: TEXT,
    client_id: TEXT,
    client_secret: TEXT,
  },
};

const oauthError = { error: TEXT, error_description: TEXT };

const token = {
  get: operation({
    id: 'readSession',
    tag: 'tokens',
    summary: 'Whose credential a request carries',
    description:
      'Any that the server takes: a token, also in the cookie, or an API key. It says nothing of the credential itself.',
    security: BEARER,
    responses: {
      200: { ...answer('Who asks, and what they may do', ref('Session')), headers: NO_STORE },
      ...answers({ 401: 'The request carries no valid token or key' }),
    },
  }),
  post: operation({
    id: 'createToken',
    tag: 'tokens',
    summary: 'Get a token for a name and a password',
    description: 'The answer has the token; the same token is set as a cookie.',
    security: OPEN,
    parameters: [
      queryParameter('exp', 'Life of the cookie in seconds; it does not change the token. 0 counts as absent.', {
        ...INTEGER,
        minimum: 0,
        default: MAX_COOKIE_AGE,
      }),
    ],
    requestBody: {
      required: true,
      content: {
        'application/x-www-form-urlencoded': { schema: loginForm },
        'multipart/form-data': { schema: loginForm },
      },
    },
    responses: {
      200: {
        ...answer('The token', ref('Token')),
        headers: {
          'Set-Cookie': { schema: TEXT, description: `The cookie "${TOKEN_COOKIE}"` },
          ...NO_STORE,
        },
      },
      401: {
        ...answer('Name and password do not fit', {
          type: 'object',
          required: ['detail'],
          properties: { detail: TEXT, ...oauthError },
        }),
        headers: { 'WWW-Authenticate': { schema: { const: 'Bearer' } } },
      },
      413: answer('The body is too large'),
      422: answer('A field is missing or not valid', ref('LoginProblems')),
      429: tooMany('attempts'),
    },
  }),
};

const logout = {
  post: operation({
    id: 'logout',
    tag: 'tokens',
    summary: 'End the cookie',
    description:
      'The browser forgets the cookie of a login, and its token is revoked. Asking twice, or without a cookie, changes nothing.',
    security: OPTIONAL_BEARER,
    responses: {
      204: {
        ...answer('The cookie has ended'),
        headers: { 'Set-Cookie': { schema: TEXT, description: `The cookie "${TOKEN_COOKIE}", run out` }, ...NO_STORE },
      },
      ...answers({
        409: 'The cookie has ended; its token holds: the user, or the store, has too many revoked tokens',
        503: `The cookie has ended; its token holds: ${NOT_KEPT}`,
      }),
    },
  }),
};

const problem = {
  type: 'object',
  required: ['loc', 'msg', 'type'],
  properties: { loc: arrayOf(TEXT), msg: TEXT, type: TEXT },
};

const time = { type: 'string', format: 'date-time' };
const record = ref('ApiKey');

const refusals = answers({ 401: 'The request carries no valid token or key', 403: 'The scope keys:admin is needed' });

const keySchemas = {
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

const keyPaths = {
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
          headers: NO_STORE,
        },
        ...refusals,
        ...answers({
          400: 'The body is not JSON',
          403: 'The scope keys:admin is needed, a scope goes beyond your own, or the connection is not encrypted',
          409: 'The store of keys is full',
          413: 'The body is too large',
          422: 'A member is missing, unknown or not valid',
          503: NOT_WRITTEN,
        }),
        429: tooMany('new keys'),
      },
    }),
    get: operation({
      id: 'listApiKeys',
      tag: 'keys',
      summary: 'List the API keys',
      description: 'Oldest first, those that have run out too, and without their secrets.',
      security: BEARER,
      responses: { 200: { ...answer('The keys', arrayOf(record)), headers: NO_STORE }, ...refusals },
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
      responses: { ...refusals, ...answers({ 204: 'Revoked', 404: 'No key has this id', 503: NOT_WRITTEN }) },
    }),
  },
};

/**
 * What this package adds to an OpenAPI 3.1 document: `/token`, `/token/revoke`, `POST /logout`, `/tokens`, `/keys`, `/users`, and the
 * three ways in which a token or key is handed in, as security schemes `bearer`, `tokenQuery` and `tokenCookie`. By `login` a name
 * and a password get one.
 */
export function authOpenApi(): OpenApiFragment {
  return {
    paths: { '/token': token, '/logout': logout, ...revocationPaths, ...keyPaths, ...userPaths },
    bearerAlternatives: ['login', 'tokenQuery', 'tokenCookie'],
    components: {
      schemas: {
        ...keySchemas,
        ...userSchemas,
        Token: {
          type: 'object',
          required: ['access_token', 'token_type'],
          properties: { access_token: TEXT, token_type: { const: 'bearer' } },
        },
        Session: {
          type: 'object',
          required: ['subject', 'kind', 'scopes', 'expires'],
          properties: {
            subject: { ...TEXT, description: 'Name of the user, or the id of the API key' },
            kind: { enum: ['token', 'key', 'other'], description: "other: of the application's own" },
            scopes: arrayOf(TEXT),
            expires: { type: ['string', 'null'], format: 'date-time', description: 'null: never' },
            id: { ...TEXT, description: 'By which it can be revoked; some tokens of development have none' },
          },
        },
        LoginProblems: {
          type: 'object',
          required: ['detail'],
          properties: { detail: arrayOf(problem), ...oauthError },
        },
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        // Relative to where the document is served, so that it also holds below a prefix.
        login: { type: 'oauth2', flows: { password: { tokenUrl: 'token', scopes: {} } } },
        tokenQuery: { type: 'apiKey', in: 'query', name: TOKEN_QUERY },
        tokenCookie: { type: 'apiKey', in: 'cookie', name: TOKEN_COOKIE },
      },
    },
  };
}
