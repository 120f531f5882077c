import { Injectable } from '@nestjs/common';
import { EnhancedCalls } from '@millrace/core/enhancers';
import { assertScope, PUBLIC, REQUIRED_SCOPES } from '@millrace/core/security';
import { isThenable } from '@millrace/protocol';
import { isObservable, lastValueFrom } from 'rxjs';
import type { ArgumentsMetadata } from './params-argument.js';
import type { RpcMethodMetadata } from '../api/rpc-method.decorator.js';
import { taskOf } from '../api/task.decorator.js';
import type { RpcMethodDefinition } from '../engine/method-table.js';
import type { RpcCall } from '../engine/rpc-engine.interface.js';
import { RPC_CONTEXT, ROUTE_ARGS } from '../rpc.constants.js';
import { namedParams, validateParams } from '../engine/schemas/params.js';

/** Place of the params among the arguments of the execution context, behind the task and a response. */
const PARAMS_ARGUMENT = 2;

type Handler = (...args: unknown[]) => unknown;
type Invoke = RpcMethodDefinition['invoke'];

interface BoundMethod {
  readonly instance: object;
  readonly key: string;
  readonly handler: Handler;
  readonly metadata: RpcMethodMetadata;
  readonly positional: readonly string[] | undefined;
}

/** Makes decorated methods callable: directly, or through Nest's enhancers where any applies. */
@Injectable()
export class RpcBinder {
  constructor(private readonly calls: EnhancedCalls) {}

  /** What a caller must be allowed, as far as the method itself does not decide it. */
  scopes(method: Pick<BoundMethod, 'instance' | 'handler' | 'metadata'>): readonly string[] {
    const scope = requiredScope(method);
    if (scope) return [scope];
    const { instance, handler } = method;
    const own = [handler, instance.constructor].map((target): unknown => Reflect.getMetadata(REQUIRED_SCOPES, target));
    return (own.find((scopes) => scopes !== undefined) as readonly string[] | undefined) ?? [];
  }

  bind(method: BoundMethod): Invoke {
    const { instance, handler, positional, metadata } = method;
    const enhanced = this.calls.applies(['guards', 'interceptors', 'pipes', 'filters'], instance, handler);
    const invoke = (enhanced ? undefined : directCall(method)) ?? this.enhancedCall(method);
    const scope = requiredScope(method);
    return (params, call) => {
      if (scope && call.principal) assertScope(call.principal, scope);
      return invoke(metadata.paramsIndex === undefined ? undefined : namedParams(positional, params), call);
    };
  }

  /** A call through Nest's context. One that is to end anyway meets no filter: its answer is decided. */
  private enhancedCall({ instance, key, handler }: BoundMethod): Invoke {
    const filtered = this.calls.applies(['filters'], instance, handler);
    const takesNothing = Reflect.getMetadata(ROUTE_ARGS, instance.constructor, key) === undefined;
    const enhanced = this.calls.bind({
      instance,
      method: key,
      type: RPC_CONTEXT,
      guards: true,
      interceptors: true,
      filters: filtered && ((call: RpcCall) => !call.isAborted),
      params: {
        metadataKey: ROUTE_ARGS,
        // The decorator keeps one argument of Nest's own kind: the params.
        exchangeKeyForValue: (_type, _data, args) => args[PARAMS_ARGUMENT],
      },
      // Nest would hand on the arguments of the context.
      ...(takesNothing ? { run: () => handler.call(instance) } : {}),
    });
    return (params, call) => enhanced(call, params);
  }
}

/** Scope a principal needs to call a method that asks for none itself. */
function requiredScope({
  instance,
  handler,
  metadata,
}: Pick<BoundMethod, 'instance' | 'handler' | 'metadata'>): string | undefined {
  const marked = [PUBLIC, REQUIRED_SCOPES].some((key) =>
    [handler, instance.constructor].some((target) => Reflect.getMetadata(key, target) !== undefined),
  );
  return marked ? undefined : `rpc:call:${metadata.name}`;
}

/** A call without Nest's context; undefined when arguments need one. */
function directCall({ instance, key, handler, metadata }: BoundMethod): Invoke | undefined {
  const { params: schema, paramsIndex } = metadata;
  const entries = Object.values(
    (Reflect.getMetadata(ROUTE_ARGS, instance.constructor, key) ?? {}) as ArgumentsMetadata,
  );
  const tasks = entries.filter(({ index }) => index !== paramsIndex);
  if (tasks.some(({ factory, pipes }) => factory !== taskOf || (pipes?.length ?? 0) > 0)) return undefined;
  const call = argumentsOf(
    instance,
    handler,
    paramsIndex,
    tasks.map(({ index }) => index),
  );
  if (!schema) return (params, task) => settle(call(params, task));
  return (params, task) => {
    const valid = validateParams(schema, params);
    if (isThenable(valid)) return valid.then((value) => settle(call(value, task)));
    return settle(call(valid, task));
  };
}

function argumentsOf(
  instance: object,
  handler: Handler,
  paramsIndex: number | undefined,
  tasks: readonly number[],
): (params: unknown, task: RpcCall) => unknown {
  if (tasks.length === 0 && paramsIndex === undefined) return () => handler.call(instance);
  if (tasks.length === 0 && paramsIndex === 0) return (params) => handler.call(instance, params);
  if (tasks.length === 1 && tasks[0] === 1 && paramsIndex === 0) {
    return (params, task) => handler.call(instance, params, task);
  }
  return (params, task) => {
    const args: unknown[] = [];
    if (paramsIndex !== undefined) args[paramsIndex] = params;
    for (const index of tasks) args[index] = task;
    return handler.apply(instance, args);
  };
}

/** As Nest's own contexts do: the last value of an observable is the result. */
function settle(result: unknown): unknown {
  return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
}
