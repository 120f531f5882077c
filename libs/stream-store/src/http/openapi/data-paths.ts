import { BOOLEAN, json, operation, query, streamId } from './operation.js';

const BINARY = { type: 'string', format: 'binary' } as const;

const LAST_ENTRY_ID =
  'Only later entries: an ID; 0 from the start; $ from now on; * the newest. One for all streams, or one a stream joined by +';

const INPUT = 'What the entries are, holo being frames of a headset; looked at when absent';

const CONVERSION = [
  query('output', 'Convert entries', { type: 'string', enum: ['same', 'null', 'json', 'jpg', 'png'] }),
  query('input', INPUT, { type: 'string', enum: ['same', 'json', 'jpg', 'png', 'holo'] }),
];

export const dataPaths: Readonly<Record<string, object>> = {
  '/data/{id}': {
    post: operation({
      tag: 'data',
      summary: 'Append entries',
      description:
        'Each file part named entries becomes an entry; all go in as one transaction. With the id * each goes to the stream its filename names.',
      parameters: [streamId('Stream name, or *'), query('parse_meta', 'Take the IDs from the device headers', BOOLEAN)],
      requestBody: {
        required: true,
        content: {
          'multipart/form-data': {
            schema: {
              type: 'object',
              required: ['entries'],
              properties: { entries: { type: 'array', items: BINARY } },
            },
          },
        },
      },
      ok: json('The new IDs, in order', { type: 'array', items: { type: 'string' }, example: ['1700000000000-0'] }),
      errors: {
        400: 'The form is not well formed',
        413: 'Too large',
        422: 'No file part named entries',
        503: 'The storage takes nothing now',
      },
    }),
    get: operation({
      tag: 'data',
      summary: 'Read entries',
      description:
        'The bytes of the entries one after another; the header entry-offset holds JSON [[stream, ID, start], …]. ' +
        'With Accept: text/event-stream, entries of JSON streams come as server-sent events, and what is added later too.',
      parameters: [
        streamId(),
        query('last_entry_id', LAST_ENTRY_ID, { type: 'string', default: '*' }),
        query('count', 'Entries of each stream, at most', { type: 'integer', minimum: 1, default: 1 }),
        query('block', 'Milliseconds to wait for entries when there are none', {
          type: 'integer',
          minimum: 0,
          maximum: 60_000,
        }),
        ...CONVERSION,
      ],
      ok: {
        description: 'Entries, or an empty body',
        headers: {
          'entry-offset': { description: 'JSON [[stream, ID, start], …]', schema: { type: 'string' } },
          'entry-gap': {
            description:
              'Present when retention has taken entries after the given ID: JSON [stream, …], or ["*"] for many',
            schema: { type: 'string' },
          },
        },
        content: {
          'application/octet-stream': { schema: BINARY },
          'text/event-stream': { schema: { type: 'string' } },
        },
      },
      errors: { 400: 'A bad ID', 422: 'A value that is not valid' },
    }),
  },
  '/mjpeg/{id}': {
    get: operation({
      tag: 'data',
      summary: 'Watch a stream of pictures',
      description:
        'Motion JPEG for an <img> element: a black picture first, then each entry as a JPEG; what is no picture is left out.',
      parameters: [
        streamId(),
        query('last_entry_id', LAST_ENTRY_ID, { type: 'string', default: '$' }),
        query('count', 'Entries of each stream at a time', { type: 'integer', minimum: 1, default: 1 }),
        query('input', INPUT, { type: 'string', enum: ['jpg', 'png', 'holo'] }),
        query('token', 'Token, where no header can be sent'),
      ],
      ok: { description: 'Pictures without end', content: { 'multipart/x-mixed-replace': { schema: BINARY } } },
    }),
  },
};
