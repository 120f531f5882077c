import { SetMetadata } from '@nestjs/common';
import type { EnhancedCalls } from '@millrace/core/enhancers';

/** Execution context type of source handlers, as `ExecutionContext.getType()` gives it. */
export const SOURCE_CONTEXT = 'source';

/** A handler behind its enhancers: called with its context, and with what came from the other side. */
export type BoundHandler = (context: object, object?: unknown) => Promise<unknown>;

/** Binds a handler method to its instance, with guards, pipes, interceptors and filters of the host. */
export function bindHandler(calls: EnhancedCalls, instance: object, method: string): BoundHandler {
  return calls.bind({
    instance,
    method,
    type: SOURCE_CONTEXT,
    guards: true,
    interceptors: true,
    filters: true,
    params: { metadataKey: ARGUMENTS_METADATA, exchangeKeyForValue },
    unthrottled: true,
  });
}

/** Where Nest keeps the parameters of handlers; parameter decorators of the host write there too. */
const ARGUMENTS_METADATA = '__routeArguments__';

/** Nest's number of a request body: validation pipes look at it. */
export const PAYLOAD = 3;
/** Nest's number of the request itself: pipes take it for a custom parameter, validation leaves it alone. */
export const CONTEXT = 0;

/**
 * Marks a method as a handler, and declares its parameters, so that Nest runs pipes on them. Those with a decorator of
 * their own are left alone.
 *
 * @param kinds what the parameters are, in their order: {@link PAYLOAD} or {@link CONTEXT}
 */
export function handlerMethod(key: string, value: unknown, ...kinds: readonly number[]): MethodDecorator {
  return (target, name, descriptor) => {
    const existing: unknown = Reflect.getMetadata(ARGUMENTS_METADATA, target.constructor, name);
    const declared = {
      ...(existing as Record<string, { index: number; data?: unknown; pipes?: unknown[] }> | undefined),
    };
    const taken = new Set(Object.values(declared).map(({ index }) => index));
    for (const [index, kind] of kinds.entries()) {
      if (!taken.has(index)) declared[`${kind}:${index}`] = { index, data: undefined, pipes: [] };
    }
    Reflect.defineMetadata(ARGUMENTS_METADATA, declared, target.constructor, name);
    return SetMetadata(key, value)(target, name, descriptor);
  };
}

/** Gives Nest the value of a declared parameter: the context comes first, the payload last. */
function exchangeKeyForValue(type: number, _data: unknown, values: unknown[]): unknown {
  return type === PAYLOAD ? values[values.length - 1] : values[0];
}
