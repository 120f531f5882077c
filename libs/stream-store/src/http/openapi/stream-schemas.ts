import { arrayOf, TEXT } from '@millrace/core/documents';
import { GROUP_SCHEMAS } from './groups-openapi.js';

const NUMBERS_SCHEMA = {
  type: 'object',
  description: 'The numbers of one stream',
  required: [
    'name',
    'entries',
    'bytes',
    'added',
    'first_id',
    'last_id',
    'ended',
    'groups',
    'readers',
    'writers',
    'rate',
  ],
  properties: {
    name: TEXT,
    entries: { type: 'integer', description: 'Entries kept' },
    bytes: { type: ['integer', 'null'], description: 'Bytes of data kept; null where the store does not count them' },
    added: { type: 'integer', description: 'Entries that were ever added' },
    first_id: { type: ['string', 'null'], description: 'ID of the first entry kept' },
    last_id: { type: ['string', 'null'], description: 'ID of the last entry kept' },
    ended: { type: 'boolean', description: 'Whether it was ended for good' },
    groups: { type: 'integer', description: 'Groups of consumers' },
    readers: {
      type: 'integer',
      description: 'Pull sockets, and readers of events and pictures, open on this instance',
    },
    writers: { type: 'integer', description: 'Push sockets open on this instance' },
    rate: {
      type: ['number', 'null'],
      description: 'Entries added in a second of late; null until the server has looked twice, at least 1 s apart',
    },
  },
} as const;

/** What the answers of this package's endpoints consist of. */
export const STREAM_SCHEMAS = {
  ...GROUP_SCHEMAS,
  StreamInformation: {
    type: 'object',
    description: 'State of a stream. For an unknown one: sid, error and meta only',
    required: ['sid', 'meta'],
    properties: {
      sid: { type: 'string', description: 'Name of the stream' },
      error: { type: 'string', enum: ['no such key'] },
      length: { type: 'integer', description: 'Entries kept' },
      'entries-added': { type: 'integer', description: 'Entries that were ever added' },
      'last-generated-id': { type: 'string', examples: ['1700000000000-0'] },
      'max-deleted-entry-id': { type: 'string' },
      'recorded-first-entry-id': { type: 'string' },
      'first-entry': { type: ['string', 'null'], description: 'ID of the first entry kept' },
      'last-entry': { type: ['string', 'null'], description: 'ID of the last entry' },
      'first-entry-time': { type: ['string', 'null'], description: 'YYYY-MM-DD HH:MM:SS.ffffff, server time' },
      'last-entry-time': { type: ['string', 'null'] },
      groups: { type: 'integer' },
      'radix-tree-keys': { type: 'integer' },
      'radix-tree-nodes': { type: 'integer' },
      ended: { const: true, description: 'Present when the stream was ended for good' },
      bytes: { type: 'integer', description: 'Bytes of data kept, where the store counts them' },
      retention: {
        type: 'object',
        description:
          'What bounds the stream now: its metadata, else the settings of the server; null where nothing does',
        required: ['max_len', 'max_age', 'max_bytes'],
        properties: {
          max_len: { type: ['integer', 'null'], description: 'Entries kept' },
          max_age: { type: ['number', 'null'], description: 'Age of the oldest entry kept, in seconds' },
          max_bytes: { type: ['integer', 'null'], description: 'Bytes of data kept' },
        },
      },
      meta: { type: ['string', 'null'], description: 'Metadata as JSON text' },
    },
  },
  StreamNumbers: NUMBERS_SCHEMA,
  StreamMetadata: {
    type: 'object',
    description: 'Any fields; three of them bound the stream',
    properties: {
      max_len: { type: 'integer', minimum: 1, description: 'Entries kept' },
      max_age: { type: 'number', exclusiveMinimum: 0, description: 'Age of the oldest entry kept, in seconds' },
      max_bytes: { type: 'integer', minimum: 1, description: 'Bytes of data kept' },
    },
    additionalProperties: true,
  },
  Error: {
    type: 'object',
    required: ['detail'],
    properties: {
      detail: {
        oneOf: [TEXT, arrayOf({ type: 'object', properties: { loc: arrayOf(TEXT), msg: TEXT, type: TEXT } })],
      },
    },
  },
} as const;
