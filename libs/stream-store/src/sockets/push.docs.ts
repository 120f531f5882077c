import type { SocketDocs } from '@millrace/core/sockets';

const BOOLEAN = { type: 'boolean', default: false } as const;

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
    token: { type: 'string', description: 'Token, where it is not sent as a header or cookie' },
  },
  receives: [
    { name: 'entry', summary: 'One entry, or the blob of a batch', contentType: 'application/octet-stream' },
    {
      name: 'batchHeader',
      summary: 'An item for each entry of the blob that follows: [stream, offset], [stream, id, offset] or offset',
      contentType: 'application/json',
      schema: {
        type: 'array',
        items: {
          oneOf: [
            { type: 'integer', minimum: 0 },
            { type: 'array', minItems: 2, maxItems: 3 },
          ],
        },
      },
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
