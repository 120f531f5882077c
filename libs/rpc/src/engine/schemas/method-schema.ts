import type { JsonSchema } from '../../api/json-schema.interface.js';
import type { RpcMethodDefinition } from '../method-table.js';

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

export function methodSchema(method: RpcMethodDefinition): RpcMethodSchema {
  const { plugin, name, description, async, deprecated, params, returns } = method;
  return {
    plugin,
    title: name,
    description,
    async,
    deprecated,
    ...(params && { params }),
    ...(returns && { returns }),
  };
}
