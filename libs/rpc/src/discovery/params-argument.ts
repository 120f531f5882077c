import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { PipeTransform } from '@nestjs/common';
import type { JsonSchema } from '../api/json-schema.interface.js';
import { validateParams } from '../engine/schemas/params.js';
import { ROUTE_ARGS } from '../rpc.constants.js';

/** Nest's number for a request body: pipes see the params as one. */
const PARAMS_TYPE = 3;

/** One decorated argument, as Nest keeps it. */
interface ArgumentMetadataEntry {
  readonly index: number;
  readonly data?: unknown;
  readonly factory?: unknown;
  readonly pipes?: readonly unknown[];
}

export type ArgumentsMetadata = Readonly<Record<string, ArgumentMetadataEntry>>;

/**
 * Marks the first undecorated argument of a method as the one for the params, in the form of Nest's own parameter
 * decorators, so that pipes apply to it.
 *
 * @returns its index; undefined when the method takes no params
 */
export function addParamsArgument(
  target: object,
  key: string | symbol,
  method: (...args: unknown[]) => unknown,
  { params, paramsSchema }: { params?: StandardSchemaV1; paramsSchema?: JsonSchema },
): number | undefined {
  const decorated = (Reflect.getMetadata(ROUTE_ARGS, target.constructor, key) ?? {}) as ArgumentsMetadata;
  const types = (Reflect.getMetadata('design:paramtypes', target, key) ?? []) as unknown[];
  const taken = new Set(Object.values(decorated).map(({ index }) => index));
  const count = Math.max(types.length, method.length, params || paramsSchema ? taken.size + 1 : 0);
  const index = Array.from({ length: count }, (_, at) => at).find((at) => !taken.has(at));
  if (index === undefined) return undefined;
  // Runs after guards, interceptors and the host's pipes.
  const pipes: PipeTransform[] = params ? [{ transform: (value) => validateParams(params, value) }] : [];
  const entry: ArgumentMetadataEntry = { index, data: undefined, pipes };
  Reflect.defineMetadata(ROUTE_ARGS, { ...decorated, [`${PARAMS_TYPE}:${index}`]: entry }, target.constructor, key);
  return index;
}
