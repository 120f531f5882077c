import {
  answer,
  answers,
  arrayOf,
  BINARY,
  BOOLEAN,
  INTEGER,
  json,
  OPEN,
  type OpenApiFragment,
  operation,
  pathParameter,
  queryParameter,
  ref,
  TEXT,
} from '@millrace/core/documents';
import { MAX_BLOCK } from '../data-reader.js';
import { GROUP_PATHS } from './groups-openapi.js';
import { streamOperation } from './stream-operation.js';
import { STREAM_SCHEMAS } from './stream-schemas.js';

/**
 * OpenAPI description of this package's REST endpoints.
 *
 * @example
 * ```ts
 * Object.assign(document.paths, streamsOpenApi().paths);
 * ```
 */
export function streamsOpenApi(): OpenApiFragment {
  return {
    tags: [
      { name: 'streams', description: 'Names, descriptions and metadata of streams' },
      { name: 'data', description: 'Entries in and out' },
      { name: 'ping', description: 'Whether the storage answers' },
    ],
    paths: PATHS,
    components: { schemas: STREAM_SCHEMAS },
  };
}

/** Headers by which an upload may be sent again. */
const PRODUCER = [
  {
    name: 'Producer-Id',
    description: 'Name of the writer: with the two others an upload is stored once',
    schema: TEXT,
  },
  { name: 'Producer-Epoch', description: 'Of the writer; a greater one fences off the others', schema: INTEGER },
  { name: 'Producer-Seq', description: 'Number of the first entry; the others count on', schema: INTEGER },
].map((header) => ({ ...header, in: 'header', required: false }));

/** One operation of `/ping`, which is open to all. */
function ping(summary: string, ok: object, errors: Readonly<Record<number, string>> = {}): object {
  const responses = { 200: ok, ...answers(errors, ref('Error')) };
  return operation({ tag: 'ping', summary, parameters: [], security: OPEN, responses });
}

function streamId(description = 'Stream name; several joined by +'): object {
  return pathParameter('id', description, { example: 'hello' });
}

const INFORMATION = ref('StreamInformation');

const LAST_ENTRY_ID =
  'Only later entries: an ID; 0 from the start; $ from now on; * the newest. One for all streams, or one a stream joined by +';

const INPUT = 'What the entries are, holo being frames of a headset; looked at when absent';

const CONVERSION = [
  queryParameter('output', 'Convert entries', { type: 'string', enum: ['same', 'null', 'json', 'jpg', 'png'] }),
  queryParameter('input', INPUT, { type: 'string', enum: ['same', 'json', 'jpg', 'png', 'holo'] }),
];

const PATHS: Readonly<Record<string, object>> = {
  '/streams': {
    get: streamOperation({
      tag: 'streams',
      summary: 'List streams',
      parameters: [
        queryParameter('info', 'Describe each stream in place of its name', BOOLEAN),
        queryParameter('statistics', 'Give the numbers of many streams in place of their names', BOOLEAN),
        queryParameter('match', 'With statistics: a text that the name contains'),
        queryParameter('after', 'With statistics: only names behind this one'),
        queryParameter('count', 'With statistics: at most so many', {
          type: 'integer',
          minimum: 1,
          maximum: 10_000,
          default: 1000,
        }),
      ],
      ok: answer('Names, sorted; or descriptions, or numbers, in their order', {
        oneOf: [arrayOf(TEXT), arrayOf(INFORMATION), arrayOf(ref('StreamNumbers'))],
      }),
      errors: { 422: 'A value that is not valid' },
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
  '/streams/{id}/close': {
    post: streamOperation({
      tag: 'streams',
      summary: 'End a stream for good',
      description:
        'It takes no more entries, and its readers reach its end: a pull is closed with 1000, events end with the event end, a ' +
        'read has the header entry-ended. Once more changes nothing. Only after it was deleted the stream may begin anew.',
      parameters: [streamId('Stream name')],
      ok: answer('Its state', INFORMATION),
      errors: { 404: 'It has never had an entry', 503: 'The storage is out of reach' },
    }),
  },
  ...GROUP_PATHS,
  '/ping': { get: ping('Whether the storage answers', answer('It does', { const: true }), { 503: 'It does not' }) },
  '/ping/error': { get: ping('Fail on purpose', { description: 'Never' }, { 500: 'Always' }) },
  '/ping/auth': {
    get: ping('The three places of a token, as received', answer('Query, header, cookie', { type: 'object' })),
  },
  '/data/{id}': {
    post: streamOperation({
      tag: 'data',
      summary: 'Append entries',
      description:
        'Each file part named entries becomes an entry; all go in as one transaction. With the id * each goes to the stream its filename names.',
      parameters: [
        streamId('Stream name, or *'),
        queryParameter('parse_meta', 'Take the IDs from the device headers', BOOLEAN),
        ...PRODUCER,
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
        403: 'Not allowed; or Producer-Epoch of the answer fences off the one of the request',
        409: 'A stream has ended; or Producer-Seq does not go on at Producer-Expected-Seq, or is too old',
        413: 'Too large',
        422: 'No file part named entries',
        503: 'The storage takes nothing now',
      },
    }),
    get: streamOperation({
      tag: 'data',
      summary: 'Read entries',
      description:
        'The bytes of the entries one after another; the header entry-offset holds JSON [[stream, ID, start], …], and ' +
        'entry-cursor the last_entry_id to ask on with. ' +
        'With Accept: text/event-stream, entries of JSON streams come as server-sent events, and what is added later too.',
      parameters: [
        streamId(),
        queryParameter('last_entry_id', LAST_ENTRY_ID, { type: 'string', default: '*' }),
        queryParameter('count', 'Entries of each stream, at most', { type: 'integer', minimum: 1, default: 1 }),
        queryParameter('block', 'Milliseconds to wait for entries when there are none', {
          type: 'integer',
          minimum: 0,
          maximum: MAX_BLOCK,
        }),
        ...CONVERSION,
      ],
      ok: {
        description: 'Entries, or an empty body',
        headers: {
          'entry-offset': { description: 'JSON [[stream, ID, start], …]', schema: TEXT },
          'entry-cursor': {
            description: 'The last_entry_id to ask on with, also when nothing was found',
            schema: TEXT,
          },
          'entry-more': {
            description: 'true when entries were left out for want of room, which count would have taken',
            schema: TEXT,
          },
          'entry-gap': {
            description:
              'Present when entries after the given ID are gone, or it is not of the stream as it is now: JSON [stream, …], or ["*"] for many',
            schema: TEXT,
          },
          'entry-ended': {
            description: 'Present when streams have ended and nothing lies behind these entries: JSON [stream, …]',
            schema: TEXT,
          },
          'entry-unreadable': {
            description: 'Present when entries could not be converted, and are left out: JSON [[stream, ID], …]',
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
        'Motion JPEG for an <img> element: a black picture first, then each entry as a JPEG, the last one again where no other comes; what is not a picture is left out.',
      parameters: [
        streamId(),
        queryParameter('last_entry_id', LAST_ENTRY_ID, { type: 'string', default: '$' }),
        queryParameter('count', 'Entries of each stream at a time', { type: 'integer', minimum: 1, default: 1 }),
        queryParameter('input', INPUT, { type: 'string', enum: ['jpg', 'png', 'holo'] }),
        queryParameter('token', 'Token, where no header can be sent'),
      ],
      ok: {
        description: 'Pictures, until the streams end',
        content: { 'multipart/x-mixed-replace': { schema: BINARY } },
      },
    }),
  },
};
