import { Injectable } from '@nestjs/common';
import type { ServerVersion } from '@millrace/protocol';
import { z } from 'zod';
import type { JsonSchema } from '../api/json-schema.interface.js';
import type { RpcId } from '../api/rpc-id.js';
import { RpcMethod } from '../api/rpc-method.decorator.js';
import { RpcMethods, type RpcMethodSchema } from '../api/rpc.methods.js';
import { Task } from '../api/task.decorator.js';
import type { RpcCall } from '../engine/rpc-engine.interface.js';

/** Params of `schema`. */
const ENDPOINT_PARAMS = z.strictObject({ endpoint: z.string().describe('Name of a method') });

/** Params of `cancel`; an id beyond 2^53 arrives as bigint. */
const CANCEL_PARAMS = z.strictObject({ id: z.union([z.number(), z.bigint(), z.string(), z.null()]) });

/** The same as JSON, where there is no bigint. */
const CANCEL_PARAMS_SCHEMA = objectSchema({
  id: {
    description: 'Id of the request to cancel',
    oneOf: [{ type: 'integer' }, { type: 'string' }, { type: 'null' }],
  },
});

/** Result of `registry`. */
const REGISTRY_RESULT: JsonSchema = { type: 'array', items: { type: 'string' } };

/** Result of `schema` (rpc§7.2). */
const SCHEMA_RESULT = objectSchema(
  {
    plugin: { type: 'string', description: 'Who registered the method' },
    title: { type: 'string', description: 'Name of the method' },
    description: { type: 'string' },
    async: { type: 'boolean', description: 'Sends progress and can be cancelled' },
    deprecated: { type: 'boolean' },
    params: { type: 'object', description: 'Schema of the params; absent when there are none' },
    returns: { type: 'object', description: 'Schema of the result; absent when nothing is returned' },
  },
  ['params', 'returns'],
);

/** Result of `get-version` (rpc§7.3). */
const VERSION_RESULT = objectSchema({
  major: { type: 'integer', description: 'Incompatible changes', readOnly: true },
  minor: { type: 'integer', description: 'Additions', readOnly: true },
  patch: { type: 'integer', description: 'Corrections', readOnly: true },
  revision: { type: 'string', description: 'Commit id', readOnly: true },
});

function objectSchema(properties: Record<string, JsonSchema>, optional: readonly string[] = []): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

/** The methods every server has (rpc§7). */
@Injectable()
export class CoreMethods {
  constructor(private readonly methods: RpcMethods) {}

  @RpcMethod('registry', { description: 'Names of all methods.', resultSchema: REGISTRY_RESULT })
  registry(): string[] {
    return this.methods.names();
  }

  @RpcMethod('schema', {
    description: 'Describes a method: its params, its result, and how it behaves.',
    params: ENDPOINT_PARAMS,
    resultSchema: SCHEMA_RESULT,
  })
  schema({ endpoint }: { endpoint: string }): RpcMethodSchema {
    return this.methods.schema(endpoint);
  }

  @RpcMethod('get-version', { description: 'Version of the server.', resultSchema: VERSION_RESULT })
  getVersion(): ServerVersion {
    return this.methods.version();
  }

  @RpcMethod('cancel', {
    description: 'Cancels a running request of the same connection.',
    params: CANCEL_PARAMS,
    paramsSchema: CANCEL_PARAMS_SCHEMA,
  })
  cancel({ id }: { id: RpcId | null }, @Task() task: RpcCall): void {
    task.session.cancel(id);
  }

  @RpcMethod('rpc.discover', { description: 'The OpenRPC document of this server.', resultSchema: {}, hidden: true })
  discover(): Readonly<Record<string, unknown>> {
    return this.methods.openRpc();
  }
}
