import { Inject, Injectable } from '@nestjs/common';
import { RPC_ERROR, type ServerVersion } from '@millrace/protocol';
import { RpcEngine } from '../engine/rpc-engine.js';
import { openRpcDocument } from '../engine/schemas/open-rpc.js';
import { RPC_SETTINGS } from '../rpc.module-definition.js';
import type { RpcSettings } from '../rpc.options.js';
import type { JsonSchema } from './json-schema.interface.js';
import { RpcError } from './rpc.error.js';

/** What `schema` answers (rpc§7.2). */
export interface RpcMethodSchema {
  readonly plugin: string;
  /** The method's name. */
  readonly title: string;
  readonly description: string;
  readonly async: boolean;
  readonly deprecated: boolean;
  readonly params?: JsonSchema;
  readonly returns?: JsonSchema;
}

/**
 * The callable methods of this application: what `registry`, `schema` and `rpc.discover` answer, for pages and tools.
 *
 * @publicApi
 */
@Injectable()
export class RpcMethods {
  constructor(
    private readonly engine: RpcEngine,
    @Inject(RPC_SETTINGS) private readonly settings: RpcSettings,
  ) {}

  /** Names in order of registration; the same for as long as the application runs. */
  names(): string[] {
    return this.engine.methods.listed().map(({ name }) => name);
  }

  /** @throws RpcError -32601 when there is no such method */
  schema(name: string): RpcMethodSchema {
    const method = this.engine.methods.get(name);
    if (!method || method.hidden) throw new RpcError('Method not found', { code: RPC_ERROR.METHOD_NOT_FOUND });
    const { plugin, description, async, deprecated, params, returns } = method;
    const base = { plugin, title: name, description, async, deprecated };
    return { ...base, ...(params && { params }), ...(returns && { returns }) };
  }

  version(): ServerVersion {
    return this.settings.version;
  }

  /** The OpenRPC document. */
  openRpc(): Readonly<Record<string, unknown>> {
    const { info, version } = this.settings;
    const { major, minor, patch } = version;
    return openRpcDocument(
      {
        title: info.title ?? 'RPC methods',
        version: info.version ?? `${major}.${minor}.${patch}`,
        ...(info.description && { description: info.description }),
      },
      this.engine.methods.listed(),
    );
  }
}
