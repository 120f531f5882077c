import { z } from 'zod';
import type { JsonSchema } from '../api/json-schema.interface.js';

/** Params of `schema`. */
export const ENDPOINT_PARAMS = z.strictObject({ endpoint: z.string().describe('Name of a method') });

/** Params of `cancel`; an id beyond 2^53 arrives as bigint. */
export const CANCEL_PARAMS = z.strictObject({ id: z.union([z.number(), z.bigint(), z.string(), z.null()]) });

/** The same as JSON, where there is no bigint. */
export const CANCEL_PARAMS_SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    id: {
      description: 'Id of the request to cancel',
      oneOf: [{ type: 'integer' }, { type: 'string' }, { type: 'null' }],
    },
  },
  required: ['id'],
  additionalProperties: false,
};

/** Result of `registry`. */
export const REGISTRY_RESULT: JsonSchema = { type: 'array', items: { type: 'string' } };

/** Result of `schema` (rpc§7.2). */
export const SCHEMA_RESULT: JsonSchema = {
  type: 'object',
  properties: {
    plugin: { type: 'string', description: 'Who registered the method' },
    title: { type: 'string', description: 'Name of the method' },
    description: { type: 'string' },
    async: { type: 'boolean', description: 'Sends progress and can be cancelled' },
    deprecated: { type: 'boolean' },
    params: { type: 'object', description: 'Schema of the params; absent when there are none' },
    returns: { type: 'object', description: 'Schema of the result; absent when nothing is returned' },
  },
  required: ['plugin', 'title', 'description', 'async', 'deprecated'],
  additionalProperties: false,
};

/** Result of `get-version` (rpc§7.3). */
export const VERSION_RESULT: JsonSchema = {
  type: 'object',
  properties: {
    major: { type: 'integer', description: 'Incompatible changes', readOnly: true },
    minor: { type: 'integer', description: 'Additions', readOnly: true },
    patch: { type: 'integer', description: 'Corrections', readOnly: true },
    revision: { type: 'string', description: 'Commit id', readOnly: true },
  },
  required: ['major', 'minor', 'patch', 'revision'],
  additionalProperties: false,
};
