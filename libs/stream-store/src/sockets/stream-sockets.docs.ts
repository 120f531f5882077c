import { arrayOf, BOOLEAN, TEXT } from '@millrace/core/documents';
import type { SocketDocs } from '@millrace/core/sockets';

const OFFSET = { type: 'integer', minimum: 0 } as const;

const NUMBER = { type: 'integer', minimum: 0 } as const;

export const PUSH_DOCS: SocketDocs = {
  title: 'Push entries',
  description:
    'Appends entries to streams. Each binary message is one entry; with batch=true messages come in pairs, a header and a blob. ' +
    'With ack=true each entry or batch is answered by its IDs once it is stored.',
  params: {
    stream_id: 'A stream name; names joined by + (with batch=true); or * for streams named in each batch header',
  },
  query: {
    batch: { ...BOOLEAN, description: 'Messages come in pairs: header, blob. Implied by *' },
    ack: { ...BOOLEAN, description: 'Answer each entry or batch with its IDs' },
    parse_meta: { ...BOOLEAN, description: 'Take the milliseconds of the ID from the device header of each entry' },
    offsets: {
      type: 'string',
      enum: ['start', 'end'],
      description: 'What the offsets of a header mean; found out where absent',
    },
    producer: {
      type: 'string',
      maxLength: 128,
      description: 'Name of the writer, with epoch and sequence: entries that are sent again are stored once',
    },
    epoch: { ...NUMBER, description: 'Of the producer; a greater one fences off the others' },
    sequence: { ...NUMBER, description: 'Number of the first entry; the others count on' },
    token: { type: 'string', description: 'Token, where it is not sent as a header or cookie' },
  },
  receives: [
    { name: 'entry', summary: 'One entry, or the blob of a batch', contentType: 'application/octet-stream' },
    {
      name: 'batchHeader',
      summary:
        'An item for each entry of the blob that follows: [stream, offset], [stream, id, offset] or offset. The id "*" asks for a new one',
      contentType: 'application/json',
      schema: arrayOf({ oneOf: [OFFSET, { type: 'array', minItems: 2, maxItems: 3 }] }),
      example: [
        ['camera', 0],
        ['camera', 1024],
      ],
    },
  ],
  sends: [
    {
      name: 'ack',
      summary: 'The IDs of an entry or batch, joined by commas',
      contentType: 'text/plain',
      schema: { type: 'string' },
      example: '1700000000000-0,1700000000000-1',
    },
  ],
};

export const PULL_DOCS: SocketDocs = {
  title: 'Pull entries',
  description:
    'Sends the entries of streams as message pairs, and waits when there are none: a text message that says where each entry ' +
    'starts, then a binary message with the entries one after another. When all its streams have ended and were sent, the socket ' +
    'is closed with 1000.',
  params: { stream_id: 'A stream name, or names joined by +' },
  query: {
    count: { type: 'integer', minimum: 1, default: 1, description: 'Entries of each stream in one pair, at most' },
    last_entry_id: {
      type: 'string',
      default: '$',
      description:
        'Only later entries: an ID; 0 from the start; $ from now on; * the newest count and on; - the newest only. One for all, or one a stream joined by +',
    },
    latest: { ...BOOLEAN, description: 'Only the newest entry of each stream' },
    timeout: { type: 'integer', description: 'Milliseconds without news after which the socket is closed with 1000' },
    time_sync_id: { type: 'string', description: 'The stream that keeps time: its name, or its number in the path' },
    onebyone: { ...BOOLEAN, description: 'A pair for each stream' },
    rate_limit: { type: 'number', description: 'Seconds from one pair to the next, at least' },
    ack: { ...BOOLEAN, description: 'Wait for a message of the client after each pair' },
    gaps: { ...BOOLEAN, description: 'Send a notice of entries that are gone, and of those that cannot be converted' },
    skips: { ...BOOLEAN, description: 'Send a notice of entries that were passed over for latest=true' },
    cursors: { ...BOOLEAN, description: 'Send a notice with the cursors before the first pair' },
    ends: { ...BOOLEAN, description: 'Send a notice of each stream that has ended, when all of it was sent' },
    group: { type: 'string', description: 'Take part in a group, whose consumers share the entries; implies ack=true' },
    consumer: { type: 'string', description: 'Name in the group; one that comes again gets back what it held' },
    ordered: { ...BOOLEAN, description: 'Of the group: one batch is out at a time, so the stream is handled in order' },
    idle: {
      type: 'integer',
      description: 'Of the group: milliseconds after which what a silent consumer holds goes on',
    },
    max_deliveries: {
      type: 'integer',
      minimum: 1,
      description: 'Of the group: how often an entry is handed out before it is set aside',
    },
    output: { type: 'string', description: 'Convert entries: json, jpg, png, same, null' },
    input: {
      type: 'string',
      description: 'What the entries are: json, jpg, png, holo (frames of a headset); looked at when absent',
    },
    token: { type: 'string', description: 'Token, where it is not sent as a header or cookie' },
  },
  receives: [
    {
      name: 'pairAck',
      summary: 'With ack=true: any message lets the next pair go',
      contentType: 'application/octet-stream',
    },
    {
      name: 'refusal',
      summary:
        'With group, in place of an acknowledgement: entries of the pair are handed out again, at once or after a delay, or set aside',
      contentType: 'application/json',
      schema: { type: 'object', required: ['refuse'], properties: { refuse: { type: 'object' } } },
      example: { refuse: { ids: ['1700000000000-0'], delay: 5000 } },
    },
  ],
  sends: [
    {
      name: 'pairHeader',
      summary: 'For each entry of the blob that follows: stream, ID, start',
      contentType: 'application/json',
      schema: arrayOf({ type: 'array', minItems: 3, maxItems: 3, prefixItems: [TEXT, TEXT, OFFSET] }),
      example: [['camera', '1700000000000-0', 0]],
    },
    { name: 'pairBlob', summary: 'The entries one after another', contentType: 'application/octet-stream' },
    {
      name: 'gap',
      summary:
        'With gaps=true: entries after the cursor are gone, or it is not of the stream as it is now; first is the first one kept',
      contentType: 'application/json',
      schema: { type: 'object', required: ['gap'], properties: { gap: { type: 'object' } } },
      example: { gap: { stream: 'camera', after: '1700000000000-0', first: '1700000009000-0' } },
    },
    {
      name: 'unreadable',
      summary: 'With gaps=true and output: an entry that cannot be converted and is left out; it needs no ack',
      contentType: 'application/json',
      schema: { type: 'object', required: ['unreadable'], properties: { unreadable: { type: 'object' } } },
      example: {
        unreadable: { stream: 'camera', id: '1700000000000-0', bytes: 17, reason: 'An entry is not JSON' },
      },
    },
    {
      name: 'skipped',
      summary:
        'With skips=true and latest=true, before a pair: how many entries of a stream were passed over; null: very many',
      contentType: 'application/json',
      schema: {
        type: 'object',
        required: ['skipped'],
        properties: {
          skipped: {
            type: 'object',
            required: ['stream', 'entries'],
            properties: { stream: TEXT, entries: { type: ['integer', 'null'] } },
          },
        },
      },
      example: { skipped: { stream: 'camera', entries: 12 } },
    },
    {
      name: 'cursors',
      summary:
        'With cursors=true, before the first pair, and after a gap without entries: where each stream is read from',
      contentType: 'application/json',
      schema: {
        type: 'object',
        required: ['cursors'],
        properties: { cursors: { type: 'object', additionalProperties: TEXT } },
      },
      example: { cursors: { camera: '1700000000000-0' } },
    },
    {
      name: 'end',
      summary: 'With ends=true: a stream has ended, and all of it was sent; last is its last ID',
      contentType: 'application/json',
      schema: {
        type: 'object',
        required: ['end'],
        properties: { end: { type: 'object', required: ['stream', 'last'], properties: { stream: TEXT, last: TEXT } } },
      },
      example: { end: { stream: 'camera', last: '1700000000000-0' } },
    },
  ],
};
