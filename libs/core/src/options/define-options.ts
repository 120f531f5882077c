import { z } from 'zod';
import { type OptionRow, optionRows } from './option-rows.js';
import { type ObjectOf, objectSchema, type OptionShape } from './option-shape.js';
import { validateOptions } from './validate-options.js';

/** The options of one module: from its shape follow the type, the check, the defaults and the table in the README. */
export interface OptionsDefinition<Shape extends OptionShape = OptionShape> {
  /** Named in errors and in the marker of the table, for example `StreamStoreModule`. */
  readonly name: string;
  readonly shape: Shape;
  readonly schema: z.ZodType<z.output<ObjectOf<Shape>>, z.input<ObjectOf<Shape>>>;
  /**
   * Checks what was given and fills in the defaults.
   *
   * @throws OptionsError naming the module, the option and what is accepted
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
  const schema = check ? check(object) : (object as OptionsDefinition<Shape>['schema']);
  return {
    name,
    shape,
    schema,
    read: (options) => validateOptions(name, schema, options),
    rows: () => optionRows(object),
  };
}
