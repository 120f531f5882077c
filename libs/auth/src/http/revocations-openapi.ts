import {
  answer,
  answers,
  BEARER,
  OPEN,
  operation,
  pathParameter,
  queryParameter,
  TEXT,
} from '@millrace/core/documents';

/** Headers of answers that hold a credential, or end one. */
export const NO_STORE = { 'Cache-Control': { schema: { const: 'no-store' } } };

/** Why a token could not be revoked. */
export const NOT_KEPT = 'The store of revoked tokens cannot be written: its disk is full, or it is out of reach';

const revocationAnswers = answers({
  204: 'Revoked',
  400: 'It is not said whose',
  401: 'The request carries no valid token or key',
  403: 'The scope users:admin is needed',
  409: 'The store has too many revoked tokens',
  422: 'The name or id cannot be taken',
  503: NOT_KEPT,
});

/** The routes that end tokens. */
export const revocationPaths = {
  '/token/revoke': {
    post: operation({
      id: 'revokeToken',
      tag: 'tokens',
      summary: 'Revoke a token (RFC 7009)',
      description:
        'Who has a token may end it. Without the field `token`, that of the header `Authorization` ends. It is refused from now on, and live sockets opened with it are closed with 3000. A token that does not count anyway is answered alike.',
      security: OPEN,
      requestBody: {
        content: {
          'application/x-www-form-urlencoded': {
            schema: {
              type: 'object',
              properties: { token: { ...TEXT, minLength: 1 }, token_type_hint: TEXT },
            },
          },
        },
      },
      responses: {
        200: { ...answer('Revoked', { type: 'object' }), headers: NO_STORE },
        ...answers({
          400: 'There is no token to revoke',
          409: 'The user, or the store, has too many revoked tokens: revoke all tokens of the user',
          413: 'The body is too large',
          503: NOT_KEPT,
        }),
      },
    }),
  },
  '/tokens': {
    delete: operation({
      id: 'revokeTokensOfUser',
      tag: 'tokens',
      summary: 'Revoke all tokens that a user has',
      description: "One's own, or anybody's with the scope users:admin. Tokens that the user gets from now on count.",
      security: BEARER,
      parameters: [{ ...queryParameter('user', 'Name of the user', { ...TEXT, minLength: 1 }), required: true }],
      responses: revocationAnswers,
    }),
  },
  '/tokens/{id}': {
    delete: operation({
      id: 'revokeTokenById',
      tag: 'tokens',
      summary: 'Revoke the token with an id',
      description: "The id is the member `jti` of the token: one's own, or anybody's with the scope users:admin.",
      security: BEARER,
      parameters: [pathParameter('id')],
      responses: revocationAnswers,
    }),
  },
};
