import { z } from 'zod';
import { innerSchema } from './option-meta.js';
import { formatDefault } from './format-value.js';

/** One option, as a table in a README shows it. */
export interface OptionRow {
  /** Names from the outside in, for example `['limits', 'maxStreams']`. */
  readonly path: readonly string[];
  /** For people: `30 s`, `16 MiB`, `1,000`, `'lax'`; undefined where the schema names none. */
  readonly default: string | undefined;
  readonly required: boolean;
}

/** The options of a schema, those of nested objects by their path. */
export function optionRows(schema: z.ZodType, path: readonly string[] = []): OptionRow[] {
  const shape = (objectOf(schema)?.shape ?? {}) as Record<string, z.ZodType>;
  return Object.entries(shape).flatMap(([name, option]) => {
    const at = [...path, name];
    const nested = optionRows(option, at);
    const { core, layers, meta } = innerSchema(option);
    // An object that is filled in by itself is shown by its parts; one that may be left out whole keeps a row of its own.
    if (nested.length > 0 && !(core instanceof z.ZodUnion)) return nested;
    const withDefault = layers.find((layer) => layer instanceof z.ZodDefault || layer instanceof z.ZodPrefault);
    const { defaultValue } = (withDefault?.def ?? {}) as { defaultValue?: unknown };
    const fallback = withDefault && formatDefault(defaultValue, meta, at);
    return [{ path: at, default: fallback, required: !option.safeParse(undefined).success }, ...nested];
  });
}

/** The object behind defaults, refinements and `false | { … }`. */
function objectOf(schema: z.ZodType): z.ZodObject | undefined {
  const { core } = innerSchema(schema);
  if (core instanceof z.ZodObject) return core;
  if (!(core instanceof z.ZodUnion)) return undefined;
  const objects = (core.options as z.ZodType[]).map(objectOf).filter((object) => object !== undefined);
  return objects.length === 1 ? objects[0] : undefined;
}
