import { Injectable } from '@nestjs/common';
import { RpcMethod } from '../api/rpc-method.decorator.js';
import { Task } from '../api/task.decorator.js';
import type { RpcCall } from '../engine/rpc-call.interface.js';
import type { RpcId } from '../api/rpc-id.js';
import { RpcMethods } from '../api/rpc.methods.js';
import type { ServerVersion } from '@millrace/protocol';
import {
  CANCEL_PARAMS,
  CANCEL_PARAMS_SCHEMA,
  ENDPOINT_PARAMS,
  REGISTRY_RESULT,
  SCHEMA_RESULT,
  VERSION_RESULT,
} from './core-schemas.js';
import type { RpcMethodSchema } from '../engine/schemas/method-schema.js';

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
