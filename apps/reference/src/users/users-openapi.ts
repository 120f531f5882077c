import type { Fragment } from '../portal/openapi/openapi-document.js';

const text = { type: 'string' };
const scopes = { type: 'array', items: text, description: 'For example `streams:read:camera*`; `*` is everything' };
const json = (schema: object): object => ({ content: { 'application/json': { schema } } });
const name = { name: 'name', in: 'path', required: true, schema: text };

const user = {
  type: 'object',
  required: ['name', 'scopes', 'created'],
  properties: { name: text, scopes, created: { ...text, format: 'date-time' } },
};

const put = {
  type: 'object',
  required: ['password'],
  additionalProperties: false,
  properties: { password: { ...text, minLength: 8, maxLength: 1024 }, scopes: { ...scopes, default: ['*'] } },
};

const stored = {
  type: 'object',
  required: ['name', 'scopes', 'new'],
  properties: { name: text, scopes, new: { type: 'boolean', description: 'False where the user was there before' } },
};

const refusals = {
  401: { description: 'Nobody says who asks' },
  403: { description: 'The scope `users:admin` is needed, or the user holds more than the caller' },
};

/** What the OpenAPI document says of the file of users. */
export function usersOpenApi(): Fragment {
  const common = { tags: ['users'], security: [{ bearer: [] }] };
  return {
    tags: [{ name: 'users', description: 'The file of users in the data folder, which counts in production.' }],
    paths: {
      '/users': {
        get: {
          ...common,
          summary: 'Names and scopes of the users',
          responses: { 200: { description: 'By name', ...json({ type: 'array', items: user }) }, ...refusals },
        },
      },
      '/users/{name}': {
        put: {
          ...common,
          summary: 'Adds a user, or gives one a new password and scopes',
          parameters: [name],
          requestBody: { required: true, ...json(put) },
          responses: {
            200: { description: 'Stored', ...json(stored) },
            ...refusals,
            422: { description: 'A name, password or scope that cannot be taken' },
          },
        },
        delete: {
          ...common,
          summary: 'Removes a user; tokens given out live on until they run out',
          parameters: [name],
          responses: { 204: { description: 'Removed' }, ...refusals, 404: { description: 'There is no such user' } },
        },
      },
    },
  };
}
