import {
  answer,
  answers,
  arrayOf,
  BEARER,
  operation,
  pathParameter,
  requestBody,
  ref,
  TEXT,
} from '@millrace/core/documents';
import { NO_STORE } from './revocations-openapi.js';

const scopes = { ...arrayOf(TEXT), description: 'For example `streams:read:camera*`; `*` is everything' };
const name = pathParameter('name');
const common = { tag: 'users', security: BEARER };
const NOT_WRITTEN = 'The store of users cannot be written: its disk is full, or it is out of reach';

export const userSchemas = {
  User: {
    type: 'object',
    required: ['name', 'scopes', 'created'],
    properties: { name: TEXT, scopes, created: { ...TEXT, format: 'date-time' } },
  },
  PutUser: {
    type: 'object',
    additionalProperties: false,
    properties: {
      password: {
        ...TEXT,
        minLength: 8,
        maxLength: 1024,
        format: 'password',
        description: 'Left out, with scopes: as before; a new user must have one',
      },
      scopes: {
        ...scopes,
        minItems: 1,
        maxItems: 100,
        description: `${scopes.description}. Left out: as before; none for a new user`,
      },
    },
  },
  StoredUser: {
    type: 'object',
    required: ['name', 'scopes', 'new'],
    properties: { name: TEXT, scopes, new: { type: 'boolean', description: 'False where the user was there before' } },
  },
};

const refusals = answers({
  401: 'The request carries no valid token or key',
  403: 'The scope users:admin is needed, or the user holds more than the caller',
  501: 'The users of this server are kept elsewhere',
});

/** The routes that list, add and remove users. */
export const userPaths = {
  '/users': {
    get: operation({
      ...common,
      id: 'listUsers',
      summary: 'Names and scopes of the users',
      responses: { 200: { ...answer('By name', arrayOf(ref('User'))), headers: NO_STORE }, ...refusals },
    }),
  },
  '/users/{name}': {
    put: operation({
      ...common,
      id: 'putUser',
      summary: 'Add a user, or set the password or the scopes',
      description:
        'A user who is there gets the password and the scopes that are sent; the tokens of before are revoked. Nobody can give a scope they do not hold.',
      parameters: [name],
      requestBody: requestBody(ref('PutUser')),
      responses: {
        200: { ...answer('Stored', ref('StoredUser')), headers: NO_STORE },
        ...refusals,
        ...answers({
          409: 'There are too many revoked tokens',
          422: 'A name, password or scope that cannot be taken',
          503: NOT_WRITTEN,
        }),
      },
    }),
    delete: operation({
      ...common,
      id: 'removeUser',
      summary: 'Remove a user',
      description: 'The tokens of the user are revoked.',
      parameters: [name],
      responses: {
        ...refusals,
        ...answers({
          204: 'Removed',
          404: 'There is no such user',
          409: 'There are too many revoked tokens',
          503: NOT_WRITTEN,
        }),
      },
    }),
  },
};
