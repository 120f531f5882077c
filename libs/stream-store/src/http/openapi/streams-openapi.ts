import { arrayOf, type OpenApiFragment, TEXT } from '@millrace/core/documents';
import { dataPaths } from './data-paths.js';
import { streamPaths } from './stream-paths.js';

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
    paths: { ...streamPaths, ...dataPaths },
    components: { schemas: SCHEMAS },
  };
}

const SCHEMAS = {
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
      bytes: { type: 'integer', description: 'Bytes of data kept, where the store counts them' },
      meta: { type: ['string', 'null'], description: 'Metadata as JSON text' },
    },
  },
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
