import type { ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { ACCESS_AREA, CHANGES_STATE, PUBLIC, REQUIRED_SCOPES } from '@millrace/core/security';

/** What the decorators of a handler and its class say about who may call it. */
export interface Place {
  /** Type of the execution context: `http`, `ws`, `rpc`, … */
  readonly type: string;
  readonly area: string | undefined;
  /** Scopes asked for by the method and by its class, both. */
  readonly scopes: readonly string[];
  readonly isPublic: boolean;
  /** Whether it changes something although it takes GET. */
  readonly changesByGet: boolean;
  /** Whether the class or method carries Millrace's own metadata. */
  readonly isMillrace: boolean;
  /** Whether it is a call of JSON-RPC, not a message of a microservice, whose contexts are of the same type. */
  readonly isJsonRpc: boolean;
}

/** Methods of JSON-RPC stand in the host's own classes; their calls belong to the area of the same name. */
const RPC = 'rpc';

/** Reads the metadata of the place a call goes to. */
export function placeOf(reflector: Reflector, context: ExecutionContext): Place {
  const [method, type] = [context.getHandler(), context.getClass()];
  const read = <T>(key: string): [T | undefined, T | undefined] => [
    reflector.get<T | undefined>(key, method),
    reflector.get<T | undefined>(key, type),
  ];
  const [methodScopes, classScopes] = read<string[]>(REQUIRED_SCOPES);
  const [methodPublic, classPublic] = read<boolean>(PUBLIC);
  const [methodArea, classArea] = read<string>(ACCESS_AREA);
  const area = methodArea ?? classArea;
  const jsonRpc = isJsonRpc(context);
  return {
    type: context.getType<string>(),
    area: area ?? (jsonRpc ? RPC : undefined),
    scopes: [...(methodScopes ?? []), ...(classScopes ?? [])],
    changesByGet: read<boolean>(CHANGES_STATE).includes(true),
    // A method that asks for scopes is closed by that, in a public class too.
    isPublic: methodPublic === true || (classPublic === true && methodScopes === undefined),
    isMillrace: area !== undefined || methodScopes !== undefined || classScopes !== undefined || jsonRpc,
    isJsonRpc: jsonRpc,
  };
}

/** Nest's microservices use the same type of context; they hand on a context object of their own as second argument. */
function isJsonRpc(context: ExecutionContext): boolean {
  if (context.getType<string>() !== RPC) return false;
  const [, second] = context.getArgs<unknown[]>();
  return typeof (second as { getArgByIndex?: unknown } | undefined)?.getArgByIndex !== 'function';
}
