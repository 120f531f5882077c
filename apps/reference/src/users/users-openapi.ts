import {
  answer,
  answers,
  arrayOf,
  BEARER,
  type OpenApiFragment,
  operation,
  pathParameter,
  requestBody,
  TEXT,
} from '@millrace/core/documents';

const scopes = { ...arrayOf(TEXT), description: 'For example `streams:read:camera*`; `*` is everything' };
const name = pathParameter('name');

const user = {
  type: 'object',
  required: ['name', 'scopes', 'created'],
  properties: { name: TEXT, scopes, created: { ...TEXT, format: 'date-time' } },
};

const put = {
  type: 'object',
  required: ['password'],
  additionalProperties: false,
  properties: {
    password: { ...TEXT, minLength: 8, maxLength: 1024 },
    scopes: { ...scopes, description: `${scopes.description}. Left out: as before; none for a new user` },
  },
};

const stored = {
  type: 'object',
  required: ['name', 'scopes', 'new'],
  properties: { name: TEXT, scopes, new: { type: 'boolean', description: 'False where the user was there before' } },
};

const refusals = answers({
  401: 'Nobody says who asks',
  403: 'The scope `users:admin` is needed, or the user holds more than the caller',
});

/** What the OpenAPI document says of the users. */
export function usersOpenApi(): OpenApiFragment {
  const common = { tag: 'users', security: BEARER };
  return {
    tags: [
      {
        name: 'users',
        description:
          'The users, who log in in production: in the data folder, or in Redis where the streams are there.',
      },
    ],
    paths: {
      '/users': {
        get: operation({
          ...common,
          summary: 'Names and scopes of the users',
          responses: { 200: answer('By name', arrayOf(user)), ...refusals },
        }),
      },
      '/users/{name}': {
        put: operation({
          ...common,
          summary:
            'Adds a user, or gives one a new password and, where sent, new scopes, which revokes the tokens of before',
          parameters: [name],
          requestBody: requestBody(put),
          responses: {
            200: answer('Stored', stored),
            ...refusals,
            422: answer('A name, password or scope that cannot be taken'),
            503: answer('The disk is full, or Redis is away'),
          },
        }),
        delete: operation({
          ...common,
          summary: 'Removes a user, and revokes the tokens of the user',
          parameters: [name],
          responses: {
            ...refusals,
            ...answers({ 204: 'Removed', 404: 'There is no such user', 503: 'The disk is full, or Redis is away' }),
          },
        }),
      },
    },
  };
}
