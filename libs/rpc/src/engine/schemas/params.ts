import type { StandardSchemaV1 } from '@standard-schema/spec';
import { isThenable } from '@millrace/protocol';
import type { JsonSchema } from '../../api/json-schema.interface.js';
import { RpcInvalidParamsError } from '../../api/rpc.error.js';

/**
 * Validates params; answers the schema's output, as a promise only when the schema is asynchronous.
 *
 * @throws RpcInvalidParamsError with every violation
 */
export function validateParams(schema: StandardSchemaV1, params: unknown): unknown {
  const result = schema['~standard'].validate(params);
  return isThenable(result) ? Promise.resolve(result).then(outputOf) : outputOf(result);
}

function outputOf(result: StandardSchemaV1.Result<unknown>): unknown {
  if (!result.issues) return result.value;
  throw new RpcInvalidParamsError(result.issues.map(violationText));
}

/** One violation as `path: text`, the path in the form `a.b[0].c` (rpc§8.2). */
function violationText({ message, path = [] }: StandardSchemaV1.Issue): string {
  let place = '';
  for (const segment of path) {
    const key = typeof segment === 'object' ? segment.key : segment;
    place += typeof key === 'number' ? `[${key}]` : `${place && '.'}${String(key)}`;
  }
  return place ? `${place}: ${message}` : message;
}

/**
 * Names of by-position params: the properties of an object schema, required ones first, as `rpc.discover` lists them.
 * Undefined when the schema is not one of an object with named members.
 */
export function positionalNames({ type, properties, required = [] }: JsonSchema): readonly string[] | undefined {
  if (type !== 'object' || !properties) return undefined;
  const names = Object.keys(properties);
  return [...names.filter((name) => required.includes(name)), ...names.filter((name) => !required.includes(name))];
}

/**
 * Gives by-position params their names; absent params of such a method are an empty object, so that each missing member
 * is named.
 *
 * @throws RpcInvalidParamsError when there are more params than names
 */
export function namedParams(names: readonly string[] | undefined, params: unknown): unknown {
  if (!names) return params ?? undefined;
  if (params === undefined || params === null) return {};
  if (!Array.isArray(params)) return params;
  if (params.length > names.length) {
    throw new RpcInvalidParamsError([`too many params, expected at most ${names.length} got ${params.length}`]);
  }
  return Object.fromEntries(params.map((value, index) => [names[index], value as unknown]));
}
