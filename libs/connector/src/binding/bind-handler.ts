import type { ExternalContextCreator } from '@nestjs/core';
import { ARGUMENTS_METADATA, argumentsFactory } from './handler-arguments.js';

/** Execution context type of source handlers, as `ExecutionContext.getType()` gives it. */
export const SOURCE_CONTEXT = 'source';

/** A handler method behind the guards, pipes, interceptors and filters of the host. */
export type BoundHandler = (...values: unknown[]) => Promise<unknown>;

/** Binds a handler method to its instance, with guards, pipes, interceptors and filters of the host. */
export function bindHandler(contexts: ExternalContextCreator, instance: object, method: string): BoundHandler {
  const callback = (instance as Record<string, unknown>)[method] as (...values: unknown[]) => unknown;
  return contexts.create(
    instance,
    callback,
    method,
    ARGUMENTS_METADATA,
    argumentsFactory,
    undefined,
    undefined,
    { guards: true, interceptors: true, filters: true },
    SOURCE_CONTEXT,
  ) as BoundHandler;
}
