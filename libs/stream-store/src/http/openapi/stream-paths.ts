import {
  answer,
  answers,
  arrayOf,
  BEARER,
  BOOLEAN,
  INTEGER,
  json,
  OPEN,
  operation,
  type OperationInit,
  pathParameter,
  queryParameter,
  ref,
  TEXT,
} from '@millrace/core/documents';

interface StreamOperation extends Omit<OperationInit, 'security' | 'responses'> {
  /** Successful answer: description and content. */
  readonly ok: object;
  /** Further statuses, each answered as `{"detail": …}`. */
  readonly errors?: Readonly<Record<number, string>>;
  readonly open?: boolean;
}

const GUARDED = { 401: 'No token, or one that does not verify', 403: 'A scope is missing' };

/** One operation, with the answers every guarded route of streams has. */
export function streamOperation({ ok, errors, open = false, parameters = [], ...init }: StreamOperation): object {
  return operation({
    ...init,
    parameters,
    security: open ? OPEN : BEARER,
    responses: { 200: ok, ...answers(open ? { ...errors } : { ...GUARDED, ...errors }, ref('Error')) },
  });
}

export function streamId(description = 'Stream name; several joined by +'): object {
  return pathParameter('id', description, { example: 'hello' });
}

const INFORMATION = ref('StreamInformation');

export const streamPaths: Readonly<Record<string, object>> = {
  '/streams': {
    get: streamOperation({
      tag: 'streams',
      summary: 'List streams',
      parameters: [queryParameter('info', 'Describe each stream in place of its name', BOOLEAN)],
      ok: answer('Names, sorted; or descriptions', { oneOf: [arrayOf(TEXT), arrayOf(INFORMATION)] }),
    }),
  },
  '/streams/{id}': {
    get: streamOperation({
      tag: 'streams',
      summary: 'Describe a stream',
      parameters: [
        streamId('Stream name'),
        queryParameter('report_error', 'Answer 400 for an unknown stream', BOOLEAN),
      ],
      ok: answer('Its state; 200 for an unknown stream too', INFORMATION),
      errors: { 400: 'No such stream, with report_error' },
    }),
    put: streamOperation({
      tag: 'streams',
      summary: 'Set metadata',
      description: 'Merges fields over what is there, or replaces it.',
      parameters: [
        streamId('Stream name'),
        queryParameter('override', 'Replace what is there', BOOLEAN),
        queryParameter('desc', 'Field description'),
        queryParameter('meta', 'Fields as JSON text'),
        queryParameter('max_len', 'Field max_len', { type: 'integer', minimum: 1 }),
      ],
      requestBody: json(ref('StreamMetadata')),
      ok: answer('The stored metadata as JSON text in a string', TEXT),
      errors: { 413: 'The metadata are too large', 422: 'No fields, or a bound that is no number above 0' },
    }),
    delete: streamOperation({
      tag: 'streams',
      summary: 'Delete streams',
      parameters: [streamId()],
      ok: answer('Three numbers a stream: metadata removed, entries removed, streams removed', {
        ...arrayOf(INTEGER),
        example: [1, 3, 1],
      }),
    }),
  },
  '/ping': {
    get: streamOperation({
      tag: 'ping',
      summary: 'Whether the storage answers',
      ok: answer('It does', { const: true }),
      errors: { 503: 'It does not' },
      open: true,
    }),
  },
  '/ping/error': {
    get: streamOperation({
      tag: 'ping',
      summary: 'Fail on purpose',
      ok: { description: 'Never' },
      errors: { 500: 'Always' },
      open: true,
    }),
  },
  '/ping/auth': {
    get: streamOperation({
      tag: 'ping',
      summary: 'The three places of a token, as received',
      ok: answer('Query, header, cookie', { type: 'object' }),
      open: true,
    }),
  },
};
