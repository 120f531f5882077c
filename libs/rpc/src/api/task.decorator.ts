import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { RpcTask } from './rpc-task.interface.js';

/** Place of the call among the arguments of the execution context. */
const TASK_ARGUMENT = 0;

/** Reads the call from the context; known by reference, so that methods with nothing else can be called directly. */
export const taskOf = (_data: unknown, context: ExecutionContext): RpcTask =>
  context.getArgByIndex<RpcTask>(TASK_ARGUMENT);

/**
 * Injects the {@link RpcTask} of the call: progress, signal, principal and binary payload.
 *
 * @example
 * ```ts
 * @RpcMethod('render', { async: true })
 * render(params: RenderParams, @Task() task: RpcTask) {}
 * ```
 * @publicApi
 */
export const Task: () => ParameterDecorator = createParamDecorator(taskOf);
