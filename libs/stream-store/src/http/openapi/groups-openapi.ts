import {
  answer,
  arrayOf,
  BINARY,
  BOOLEAN,
  INTEGER,
  pathParameter,
  queryParameter,
  ref,
  TEXT,
} from '@millrace/core/documents';
import { streamOperation } from './stream-operation.js';

const STREAM = pathParameter('id', 'Stream name', { example: 'hello' });
const GROUP = pathParameter('group', 'Name of the group', { example: 'detector' });
const ENTRY = pathParameter('entry', 'ID of an entry that was set aside', { example: '1700000000000-0' });
const ENTRY_OR_ALL = pathParameter('entry', 'ID of an entry that was set aside, or * for all');
const WIRE_GROUP = ref('StreamGroup');
const NO_GROUP = { 404: 'There is no such group' };

const tag = 'streams';

/** The routes of groups of consumers, as the description of this package's endpoints has them. */
export const GROUP_PATHS: Readonly<Record<string, object>> = {
  '/streams/{id}/groups': {
    get: streamOperation({
      tag,
      summary: 'List groups of consumers',
      parameters: [STREAM],
      ok: answer('The groups, sorted by name', arrayOf(WIRE_GROUP)),
    }),
  },
  '/streams/{id}/groups/{group}': {
    get: streamOperation({
      tag,
      summary: 'Describe a group of consumers',
      parameters: [STREAM, GROUP],
      ok: answer('Its state', WIRE_GROUP),
      errors: NO_GROUP,
    }),
    put: streamOperation({
      tag,
      summary: 'Make a group of consumers, change it, or move its place',
      description:
        'Sets what is given of its settings. The stream need not be there yet. With move a group that is there goes on behind after: ' +
        'what is pending is forgotten, and what was set aside stays.',
      parameters: [
        STREAM,
        GROUP,
        queryParameter(
          'after',
          'Where a new group begins, or one that is moved goes on: an ID; 0 from the start; $ from now on',
          {
            type: 'string',
            default: '$',
          },
        ),
        queryParameter('move', 'Move the place of a group that is there; needs after', BOOLEAN),
        queryParameter('ordered', 'One batch is out at a time, so the stream is handled in order', BOOLEAN),
        queryParameter('idle', 'Milliseconds after which what a silent consumer holds goes to another one', INTEGER),
        queryParameter('max_deliveries', 'How often an entry is handed out before it is set aside', INTEGER),
      ],
      ok: answer('Its state', WIRE_GROUP),
      errors: {
        400: 'A bad ID',
        404: 'With move: there is no such group',
        422: 'A value that is not valid',
        429: 'The stream has too many groups',
      },
    }),
    delete: streamOperation({
      tag,
      summary: 'Delete a group of consumers with what it has set aside',
      parameters: [STREAM, GROUP],
      ok: answer('Whether there was one', BOOLEAN),
    }),
  },
  '/streams/{id}/groups/{group}/aside': {
    get: streamOperation({
      tag,
      summary: 'List what a group has set aside',
      parameters: [
        STREAM,
        GROUP,
        queryParameter('after', 'Only those with later IDs'),
        queryParameter('count', 'At most so many', { type: 'integer', minimum: 1, maximum: 1000, default: 100 }),
      ],
      ok: answer('Entries in the order of their IDs', arrayOf(ref('SetAsideEntry'))),
      errors: NO_GROUP,
    }),
  },
  '/streams/{id}/groups/{group}/aside/{entry}': {
    get: streamOperation({
      tag,
      summary: 'Read an entry that was set aside',
      parameters: [STREAM, GROUP, ENTRY],
      ok: { description: 'Its bytes', content: { 'application/octet-stream': { schema: BINARY } } },
      errors: { 404: 'It is not set aside, or its data are not kept any more' },
    }),
    post: streamOperation({
      tag,
      summary: 'Hand entries out again that were set aside',
      parameters: [STREAM, GROUP, ENTRY_OR_ALL],
      ok: answer('The IDs of those that the stream still keeps', arrayOf(TEXT)),
      errors: NO_GROUP,
    }),
    delete: streamOperation({
      tag,
      summary: 'Forget entries that were set aside',
      parameters: [STREAM, GROUP, ENTRY_OR_ALL],
      ok: answer('How many there were', INTEGER),
      errors: NO_GROUP,
    }),
  },
};

const CONSUMER = {
  type: 'object',
  properties: {
    consumer: TEXT,
    pending: INTEGER,
    attempts: { type: ['integer', 'null'], description: 'As of the group, of what this consumer holds' },
    idle: { type: 'integer', description: 'Milliseconds since it last asked for anything' },
  },
};

export const GROUP_SCHEMAS = {
  StreamGroup: {
    type: 'object',
    description: 'A group of consumers, which share the entries of a stream',
    required: [
      'group',
      'ordered',
      'idle',
      'max_deliveries',
      'last',
      'lag',
      'lag_seconds',
      'pending',
      'attempts',
      'set_aside',
      'dropped',
      'consumers',
    ],
    properties: {
      group: TEXT,
      ordered: { type: 'boolean', description: 'One batch is out at a time' },
      idle: {
        type: 'integer',
        description: 'Milliseconds after which what a silent consumer holds goes to another one',
      },
      max_deliveries: { type: 'integer', description: 'How often an entry is handed out before it is set aside' },
      last: { type: 'string', description: 'The last ID that was handed out' },
      lag: { type: ['integer', 'null'], description: 'Kept entries that were not handed out yet; null when not known' },
      lag_seconds: {
        type: ['number', 'null'],
        description:
          'Seconds from the ID of its place, or of the first kept entry where that lies behind it, to the newest ID; null when not known',
      },
      pending: { type: 'integer', description: 'Entries handed out and not acknowledged' },
      attempts: {
        type: ['integer', 'null'],
        description:
          'How often the pending entry was handed out that was so most often, of the 1000 with the lowest IDs; null when not known',
      },
      set_aside: { type: 'integer', description: 'Entries set aside' },
      dropped: {
        type: 'integer',
        description: 'Entries that had to go from those set aside, since there were too many',
      },
      consumers: arrayOf(CONSUMER),
    },
  },
  SetAsideEntry: {
    type: 'object',
    required: ['id', 'deliveries', 'at', 'consumer', 'reason'],
    properties: {
      id: TEXT,
      deliveries: { type: 'integer', description: 'How often it was handed out' },
      at: { type: 'integer', description: 'When it was set aside, in milliseconds since 1970' },
      consumer: { type: 'string', description: 'Who had it last' },
      reason: TEXT,
    },
  },
} as const;
