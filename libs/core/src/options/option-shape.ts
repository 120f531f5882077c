import { z } from 'zod';

/** Options by their names: a schema each, or a group of options in a plain object. */
export interface OptionShape {
  readonly [name: string]: z.ZodType | OptionShape;
}

/** The zod schema of a shape: strict objects, and groups that may be left out or given in part. */
export type ObjectOf<Shape extends OptionShape> = z.ZodObject<
  { [Name in keyof Shape]: SchemaOf<Shape[Name]> },
  z.core.$strict
>;

type SchemaOf<Option> = Option extends z.ZodType
  ? Option
  : Option extends OptionShape
    ? z.ZodPrefault<ObjectOf<Option>>
    : never;

/** Makes the schema of a shape. */
export function objectSchema<Shape extends OptionShape>(shape: Shape): ObjectOf<Shape> {
  const entries = Object.entries(shape).map(([name, option]) => [
    name,
    option instanceof z.ZodType ? option : objectSchema(option).prefault({} as never),
  ]);
  return z.strictObject(Object.fromEntries(entries) as Record<string, z.ZodType>) as unknown as ObjectOf<Shape>;
}
