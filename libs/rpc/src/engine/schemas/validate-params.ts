import type { StandardSchemaV1 } from '@standard-schema/spec';
import { RpcInvalidParamsError } from '../../api/rpc.error.js';

/**
 * Validates params; answers the schema's output, as a promise only when the schema is asynchronous.
 *
 * @throws RpcInvalidParamsError with every violation
 */
export function validateParams(schema: StandardSchemaV1, params: unknown): unknown {
  const result = schema['~standard'].validate(params);
  return result instanceof Promise ? result.then(outputOf) : outputOf(result);
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
