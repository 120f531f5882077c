import type { DocumentInfo } from '@millrace/core/documents';
import type { JsonSchema } from '../../api/json-schema.interface.js';
import type { RpcMethodDefinition } from '../method-table.js';
import { RPC_ERROR } from '@millrace/protocol';

/** A JSON object of an OpenRPC document. */
type Json = Readonly<Record<string, unknown>>;

/** Newest version that the published meta-schemas know (rpc§13.2). */
const OPENRPC_VERSION = '1.3.2';

/** The OpenRPC document of a set of methods: the answer of `rpc.discover`. */
export function openRpcDocument(info: DocumentInfo, methods: readonly RpcMethodDefinition[]): Json {
  return { openrpc: OPENRPC_VERSION, info, methods: methods.map(methodObject) };
}

function methodObject(method: RpcMethodDefinition): Json {
  const { name, plugin, summary, description, deprecated, async, returns, positional, params, scopes } = method;
  const tags = [...new Set([plugin, ...method.tags])].map((tag) => ({ name: tag }));
  const errors = errorObjects(method);
  return {
    name,
    ...(summary && { summary }),
    ...(description && { description }),
    tags,
    paramStructure: params && !positional ? 'by-position' : 'either',
    params: contentDescriptors(method),
    result: { name: 'result', schema: returns ?? { type: 'null' } },
    ...(errors.length > 0 && { errors }),
    deprecated,
    'x-async': async,
    'x-plugin': plugin,
    'x-scopes': scopes,
  };
}

function contentDescriptors({ params, positional }: RpcMethodDefinition): Json[] {
  if (!params) return [];
  if (!positional) return [{ name: 'params', required: true, schema: params, 'x-variadic': true }];
  return positional.map((name) => {
    const schema: JsonSchema = params.properties?.[name] ?? {};
    return {
      name,
      ...(schema.description && { description: schema.description }),
      required: params.required?.includes(name) ?? false,
      schema,
    };
  });
}

function errorObjects({ errors, async }: RpcMethodDefinition): Json[] {
  const cancelled = async ? [{ code: RPC_ERROR.CANCELLED, message: 'The request was cancelled' }] : [];
  const byCode = new Map(
    [...cancelled, ...errors].map(({ code, message, ...rest }) => [code, { code, message, ...rest }]),
  );
  return [...byCode.values()];
}
