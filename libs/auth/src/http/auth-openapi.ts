import {
  answer,
  arrayOf,
  INTEGER,
  OPEN,
  type OpenApiFragment,
  operation,
  queryParameter,
  ref,
  TEXT,
} from '@millrace/core/documents';
import { TOKEN_COOKIE, TOKEN_QUERY } from '../engine/bearer-credential.js';
import { MAX_COOKIE_AGE } from './token-cookie.js';
import { keyPaths, keySchemas } from './key-paths.js';

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
          'Cache-Control': { schema: { const: 'no-store' } },
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
      429: {
        ...answer('Too many attempts from this address'),
        headers: { 'Retry-After': { schema: INTEGER, description: 'Seconds to wait' } },
      },
    },
  }),
};

const problem = {
  type: 'object',
  required: ['loc', 'msg', 'type'],
  properties: { loc: arrayOf(TEXT), msg: TEXT, type: TEXT },
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
          properties: { access_token: TEXT, token_type: { const: 'bearer' } },
        },
        LoginProblems: {
          type: 'object',
          required: ['detail'],
          properties: { detail: arrayOf(problem), ...oauthError },
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
