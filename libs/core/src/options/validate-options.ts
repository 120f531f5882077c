import type { z } from 'zod';
import { MillraceError } from '../errors/millrace.error.js';
import { describeIssue } from './describe-issue.js';

/** A module was given a bad option. The message names the module, the option and the remedy. */
export class OptionsError extends MillraceError {
  constructor(
    readonly moduleName: string,
    readonly option: string,
    problem: string,
  ) {
    super('INVALID_OPTIONS', `${moduleName}: option "${option}" ${problem}`);
  }
}

/**
 * Checks a module's options once, at start, and fills in the defaults of the schema.
 *
 * @param moduleName shown in the error, for example `StreamStoreModule`
 * @throws OptionsError naming the first bad option by its path (`retention.maxLength`)
 */
export function validateOptions<Schema extends z.ZodType>(
  moduleName: string,
  schema: Schema,
  options: unknown,
): z.output<Schema> {
  const result = schema.safeParse(options ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (!issue) throw new OptionsError(moduleName, '(all)', 'is not valid');
  const { path, problem } = describeIssue(schema, issue, options ?? {});
  throw new OptionsError(moduleName, path.join('.') || '(all)', problem);
}
