import type { z } from 'zod';
import { MillraceError } from '../errors/millrace.error.js';
import { describeIssue } from './describe-issue.js';
import { type OptionRow, optionRows } from './option-rows.js';
import { type ObjectOf, objectSchema, type OptionShape } from './option-shape.js';

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

/** The options of one module: from its shape follow the type, the check, the defaults and the table in the README. */
export interface OptionsDefinition<Shape extends OptionShape = OptionShape> {
  /** Named in errors and in the marker of the table, for example `StreamStoreModule`. */
  readonly name: string;
  /**
   * Checks what was given and fills in the defaults.
   *
   * @throws OptionsError naming the module, the first bad option by its path (`retention.maxLength`), and what is accepted
   */
  read(this: void, options: unknown): z.output<ObjectOf<Shape>>;
  /** One row for each option, nested ones by their path. */
  rows(this: void): OptionRow[];
}

/** What `read` answers: every default filled in, durations in milliseconds. */
export type SettingsOf<Shape extends OptionShape> = z.output<ObjectOf<Shape>>;

/** What a host may give. */
export type OptionsOf<Shape extends OptionShape> = z.input<ObjectOf<Shape>>;

/**
 * Defines the options of a module in one place. The comment above each property is what editors show, and what
 * `tools/option-tables.mjs` writes into the README; defaults stand in the schema only. Write the shape as a constant of its
 * own: only then do the comments reach those who use the built package.
 *
 * @param check adds rules between options: `(schema) => schema.refine(…)`
 * @example
 * ```ts
 * const shape = {
 *   /** How long an echo may take. *\/
 *   timeout: durationSchema.default(30_000),
 *   limits: {
 *     /** Echoes at a time. *\/
 *     maxEchoes: countSchema.default(100),
 *   },
 * };
 * export const ECHO_OPTIONS = defineOptions('EchoModule', shape);
 * export interface EchoOptions extends OptionsOf<typeof shape> {}
 * export type EchoSettings = SettingsOf<typeof shape>;
 * ```
 */
export function defineOptions<const Shape extends OptionShape>(
  name: string,
  shape: Shape,
  check?: (schema: ObjectOf<Shape>) => z.ZodType<z.output<ObjectOf<Shape>>, z.input<ObjectOf<Shape>>>,
): OptionsDefinition<Shape> {
  const object = objectSchema(shape);
  const schema: z.ZodType<z.output<ObjectOf<Shape>>> = check ? check(object) : object;
  return {
    name,
    read: (options) => {
      const result = schema.safeParse(options ?? {});
      if (result.success) return result.data;
      const { path, problem } = describeIssue(schema, result.error.issues[0] as z.core.$ZodIssue, options ?? {});
      throw new OptionsError(name, path.join('.') || '(all)', problem);
    },
    rows: () => optionRows(object),
  };
}
