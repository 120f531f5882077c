import { TOKEN_COOKIE, TOKEN_QUERY } from '../engine/bearer-credential.js';
import { MAX_COOKIE_AGE } from './token-cookie.js';
import { keyPaths, keySchemas } from './key-paths.js';

/** A part of an OpenAPI 3.1 document. */
export interface OpenApiFragment {
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components: Readonly<Record<string, unknown>>;
}

const text = { type: 'string' };
const required = { type: 'string', minLength: 1 };

const loginForm = {
  type: 'object',
  required: ['username', 'password'],
  properties: {
    username: required,
    password: { ...required, format: 'password' },
    grant_type: { const: 'password' },
    scope: text,
    client_id: text,
    client_secret: text,
  },
};

const json = (schema: object): object => ({ content: { 'application/json': { schema } } });
const oauthError = { error: text, error_description: text };

const token = {
  post: {
    operationId: 'createToken',
    tags: ['tokens'],
    summary: 'Get a token for a name and a password',
    description: 'The answer has the token; the same token is set as a cookie.',
    security: [],
    parameters: [
      {
        name: 'exp',
        in: 'query',
        description: 'Seconds the cookie shall live; it does not change the token. 0 counts as absent.',
        schema: { type: 'integer', minimum: 0, default: MAX_COOKIE_AGE },
      },
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
        description: 'The token',
        headers: {
          'Set-Cookie': { schema: text, description: `The cookie "${TOKEN_COOKIE}"` },
          'Cache-Control': { schema: { const: 'no-store' } },
        },
        ...json({ $ref: '#/components/schemas/Token' }),
      },
      401: {
        description: 'Name and password do not fit',
        headers: { 'WWW-Authenticate': { schema: { const: 'Bearer' } } },
        ...json({ type: 'object', required: ['detail'], properties: { detail: text, ...oauthError } }),
      },
      413: { description: 'The body is too large' },
      422: {
        description: 'A field is missing or not valid',
        ...json({ $ref: '#/components/schemas/LoginProblems' }),
      },
      429: {
        description: 'Too many attempts from this address',
        headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds to wait' } },
      },
    },
  },
};

const problem = {
  type: 'object',
  required: ['loc', 'msg', 'type'],
  properties: { loc: { type: 'array', items: text }, msg: text, type: text },
};

/**
 * What this package adds to an OpenAPI 3.1 document: `POST /token`, `/keys`, and the three ways in which a token or key is
 * handed in, as security schemes `bearer`, `tokenQuery` and `tokenCookie`.
 */
export function authOpenApi(): OpenApiFragment {
  return {
    paths: { '/token': token, ...keyPaths },
    components: {
      schemas: {
        ...keySchemas,
        Token: {
          type: 'object',
          required: ['access_token', 'token_type'],
          properties: { access_token: text, token_type: { const: 'bearer' } },
        },
        LoginProblems: {
          type: 'object',
          required: ['detail'],
          properties: { detail: { type: 'array', items: problem }, ...oauthError },
        },
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        tokenQuery: { type: 'apiKey', in: 'query', name: TOKEN_QUERY },
        tokenCookie: { type: 'apiKey', in: 'cookie', name: TOKEN_COOKIE },
      },
    },
  };
}
