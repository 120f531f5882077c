import { SetMetadata } from '@nestjs/common';
import { ACCESS_AREA } from '@millrace/core/security';
import type { Duration } from '@millrace/protocol';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { JsonSchema } from './json-schema.interface.js';
import type { RpcErrorDocs } from '../engine/method-table.js';
import { RPC_AREA, RPC_METHOD } from '../rpc.constants.js';
import { addParamsArgument } from '../discovery/params-argument.js';

export interface RpcMethodOptions {
  /** A short heading for people; `schema` shows the name, as the protocol asks. */
  title?: string;
  /** One sentence on what the method does. */
  description?: string;
  /** Schema of the params. Without one, a method whose first argument is undecorated takes anything, others nothing. */
  params?: StandardSchemaV1;
  /** Schema of the result. Without one, the method is described as returning nothing, unless `resultSchema` is given. */
  result?: StandardSchemaV1;
  /** JSON Schema of the params, where it cannot be derived from `params`. */
  paramsSchema?: JsonSchema;
  /** JSON Schema of the result, where it cannot be derived from `result`. */
  resultSchema?: JsonSchema;
  /** Errors the method answers with, for the documents. */
  errors?: readonly RpcErrorDocs[];
  /** Will go in the next major release. @default false */
  deprecated?: boolean;
  /** Sends progress and can be cancelled. @default false */
  async?: boolean;
  tags?: readonly string[];
  /** Longest run; then the call ends with -32054 and its signal is aborted. @default none */
  timeout?: Duration;
  /**
   * Calls that run at a time, of all clients together; further ones wait. One client has at most half of these places, and none
   * while it does not take its answers. @default none
   */
  maxRunning?: number;
  /** Calls that wait while `maxRunning` run; of those beyond, one of the client with the most gets -32029. @default 1000 */
  maxWaiting?: number;
  /** Name shown as `plugin`. @default the name of the class */
  plugin?: string;
  /** Left out of `registry`, `schema` and `rpc.discover`. @default false */
  hidden?: boolean;
}

export interface RpcMethodMetadata extends RpcMethodOptions {
  readonly name: string;
  /** Which argument takes the params; undefined when none does. */
  readonly paramsIndex: number | undefined;
}

/**
 * Makes a method of any provider or controller callable by JSON-RPC. Its guards, pipes, interceptors and filters apply,
 * in an execution context of type `rpc`. Its arguments are the task, a response that takes headers and drops them, and the params.
 *
 * @param name unique within the application; names that begin with `rpc.` are reserved
 * @example
 * ```ts
 * @RpcMethod('subtract', { params: z.object({ minuend: z.number(), subtrahend: z.number() }), result: z.number() })
 * subtract({ minuend, subtrahend }: { minuend: number; subtrahend: number }): number {
 *   return minuend - subtrahend;
 * }
 * ```
 * @publicApi
 */
export function RpcMethod(name: string, options: RpcMethodOptions = {}): MethodDecorator {
  return (target, key, descriptor: PropertyDescriptor) => {
    const paramsIndex = addParamsArgument(target, key, descriptor.value as (...args: unknown[]) => unknown, options);
    SetMetadata(RPC_METHOD, { ...options, name, paramsIndex } satisfies RpcMethodMetadata)(target, key, descriptor);
    SetMetadata(ACCESS_AREA, RPC_AREA)(target, key, descriptor);
  };
}
