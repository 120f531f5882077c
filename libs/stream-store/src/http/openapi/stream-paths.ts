import { BOOLEAN, json, operation, query, streamId } from './operation.js';

const INFORMATION = { $ref: '#/components/schemas/StreamInformation' };

export const streamPaths: Readonly<Record<string, object>> = {
  '/streams': {
    get: operation({
      tag: 'streams',
      summary: 'List streams',
      parameters: [query('info', 'Describe each stream in place of its name', BOOLEAN)],
      ok: json('Names, sorted; or descriptions', {
        oneOf: [
          { type: 'array', items: { type: 'string' } },
          { type: 'array', items: INFORMATION },
        ],
      }),
    }),
  },
  '/streams/{id}': {
    get: operation({
      tag: 'streams',
      summary: 'Describe a stream',
      parameters: [streamId('Stream name'), query('report_error', 'Answer 400 for an unknown stream', BOOLEAN)],
      ok: json('Its state; 200 for an unknown stream too', INFORMATION),
      errors: { 400: 'No such stream, with report_error' },
    }),
    put: operation({
      tag: 'streams',
      summary: 'Set metadata',
      description: 'Merges fields over what is there, or replaces it.',
      parameters: [
        streamId('Stream name'),
        query('override', 'Replace what is there', BOOLEAN),
        query('desc', 'Field description'),
        query('meta', 'Fields as JSON text'),
        query('max_len', 'Field max_len', { type: 'integer', minimum: 1 }),
      ],
      requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/StreamMetadata' } } } },
      ok: json('The stored metadata as JSON text in a string', { type: 'string' }),
      errors: { 413: 'The metadata are too large', 422: 'No fields, or a bound that is no number above 0' },
    }),
    delete: operation({
      tag: 'streams',
      summary: 'Delete streams',
      parameters: [streamId()],
      ok: json('Three numbers a stream: metadata removed, entries removed, streams removed', {
        type: 'array',
        items: { type: 'integer' },
        example: [1, 3, 1],
      }),
    }),
  },
  '/ping': {
    get: operation({
      tag: 'ping',
      summary: 'Whether the storage answers',
      ok: json('It does', { const: true }),
      errors: { 503: 'It does not' },
      open: true,
    }),
  },
  '/ping/error': {
    get: operation({
      tag: 'ping',
      summary: 'Fail on purpose',
      ok: { description: 'Never' },
      errors: { 500: 'Always' },
      open: true,
    }),
  },
  '/ping/auth': {
    get: operation({
      tag: 'ping',
      summary: 'The three places of a token, as received',
      ok: json('Query, header, cookie', { type: 'object' }),
      open: true,
    }),
  },
};
