import type { SocketDocs } from '@millrace/core/sockets';

const BOOLEAN = { type: 'boolean', default: false } as const;

export const PULL_DOCS: SocketDocs = {
  title: 'Pull entries',
  description:
    'Sends the entries of streams as message pairs, and waits when there are none: a text message that says where each entry ' +
    'starts, then a binary message with the entries one after another.',
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
    gaps: { ...BOOLEAN, description: 'Send a notice when entries after the cursor are gone' },
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
  ],
  sends: [
    {
      name: 'pairHeader',
      summary: 'For each entry of the blob that follows: stream, ID, start',
      contentType: 'application/json',
      schema: {
        type: 'array',
        items: {
          type: 'array',
          minItems: 3,
          maxItems: 3,
          prefixItems: [{ type: 'string' }, { type: 'string' }, { type: 'integer', minimum: 0 }],
        },
      },
      example: [['camera', '1700000000000-0', 0]],
    },
    { name: 'pairBlob', summary: 'The entries one after another', contentType: 'application/octet-stream' },
    {
      name: 'gap',
      summary: 'With gaps=true: entries after the cursor are gone; first is the first one still kept',
      contentType: 'application/json',
      schema: { type: 'object', required: ['gap'], properties: { gap: { type: 'object' } } },
      example: { gap: { stream: 'camera', after: '1700000000000-0', first: '1700000009000-0' } },
    },
  ],
};
