import { answer, arrayOf, BINARY, BOOLEAN, queryParameter, TEXT } from '@millrace/core/documents';
import { streamId, streamOperation } from './stream-paths.js';

const LAST_ENTRY_ID =
  'Only later entries: an ID; 0 from the start; $ from now on; * the newest. One for all streams, or one a stream joined by +';

const INPUT = 'What the entries are, holo being frames of a headset; looked at when absent';

const CONVERSION = [
  queryParameter('output', 'Convert entries', { type: 'string', enum: ['same', 'null', 'json', 'jpg', 'png'] }),
  queryParameter('input', INPUT, { type: 'string', enum: ['same', 'json', 'jpg', 'png', 'holo'] }),
];

export const dataPaths: Readonly<Record<string, object>> = {
  '/data/{id}': {
    post: streamOperation({
      tag: 'data',
      summary: 'Append entries',
      description:
        'Each file part named entries becomes an entry; all go in as one transaction. With the id * each goes to the stream its filename names.',
      parameters: [
        streamId('Stream name, or *'),
        queryParameter('parse_meta', 'Take the IDs from the device headers', BOOLEAN),
      ],
      requestBody: {
        required: true,
        content: {
          'multipart/form-data': {
            schema: { type: 'object', required: ['entries'], properties: { entries: arrayOf(BINARY) } },
          },
        },
      },
      ok: answer('The new IDs, in order', { ...arrayOf(TEXT), example: ['1700000000000-0'] }),
      errors: {
        400: 'The form is not well formed',
        413: 'Too large',
        422: 'No file part named entries',
        503: 'The storage takes nothing now',
      },
    }),
    get: streamOperation({
      tag: 'data',
      summary: 'Read entries',
      description:
        'The bytes of the entries one after another; the header entry-offset holds JSON [[stream, ID, start], …]. ' +
        'With Accept: text/event-stream, entries of JSON streams come as server-sent events, and what is added later too.',
      parameters: [
        streamId(),
        queryParameter('last_entry_id', LAST_ENTRY_ID, { type: 'string', default: '*' }),
        queryParameter('count', 'Entries of each stream, at most', { type: 'integer', minimum: 1, default: 1 }),
        queryParameter('block', 'Milliseconds to wait for entries when there are none', {
          type: 'integer',
          minimum: 0,
          maximum: 60_000,
        }),
        ...CONVERSION,
      ],
      ok: {
        description: 'Entries, or an empty body',
        headers: {
          'entry-offset': { description: 'JSON [[stream, ID, start], …]', schema: TEXT },
          'entry-gap': {
            description:
              'Present when retention has taken entries after the given ID: JSON [stream, …], or ["*"] for many',
            schema: TEXT,
          },
        },
        content: {
          'application/octet-stream': { schema: BINARY },
          'text/event-stream': { schema: TEXT },
        },
      },
      errors: { 400: 'A bad ID', 422: 'A value that is not valid' },
    }),
  },
  '/mjpeg/{id}': {
    get: streamOperation({
      tag: 'data',
      summary: 'Watch a stream of pictures',
      description:
        'Motion JPEG for an <img> element: a black picture first, then each entry as a JPEG; what is not a picture is left out.',
      parameters: [
        streamId(),
        queryParameter('last_entry_id', LAST_ENTRY_ID, { type: 'string', default: '$' }),
        queryParameter('count', 'Entries of each stream at a time', { type: 'integer', minimum: 1, default: 1 }),
        queryParameter('input', INPUT, { type: 'string', enum: ['jpg', 'png', 'holo'] }),
        queryParameter('token', 'Token, where no header can be sent'),
      ],
      ok: { description: 'Pictures without end', content: { 'multipart/x-mixed-replace': { schema: BINARY } } },
    }),
  },
};
