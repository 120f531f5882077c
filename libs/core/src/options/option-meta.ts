import { z } from 'zod';

/** What is known of an option beside its type. */
export interface OptionMeta {
  /** What its number counts. */
  readonly unit?: 'milliseconds' | 'bytes';
  /** Its value is shown nowhere. */
  readonly secret?: boolean;
}

const META: z.core.$ZodRegistry<OptionMeta> = z.registry<OptionMeta>();

/** Says what the number of an option counts. */
export function withUnit<Schema extends z.ZodType>(schema: Schema, unit: 'milliseconds' | 'bytes'): Schema {
  META.add(schema, { ...META.get(schema), unit });
  return schema;
}

/** Marks an option whose value is never shown: neither in an error nor in a table. */
export function secret<Schema extends z.ZodType>(schema: Schema): Schema {
  META.add(schema, { ...META.get(schema), secret: true });
  return schema;
}

/** A schema without its wrappers (default, optional, transform …), the wrappers from the outside in, and what is known. */
export function innerSchema(schema: z.ZodType): { core: z.ZodType; layers: readonly z.ZodType[]; meta: OptionMeta } {
  const layers: z.ZodType[] = [];
  let meta: OptionMeta = {};
  let core: z.ZodType | undefined = schema;
  for (let next: z.ZodType | undefined = schema; next; next = inside(next)) {
    meta = { ...META.get(next), ...meta };
    layers.push(next);
    core = next;
  }
  return { core, layers, meta };
}

function inside(schema: z.ZodType): z.ZodType | undefined {
  const { innerType, in: input } = schema.def as { innerType?: z.ZodType; in?: z.ZodType };
  return innerType ?? input;
}
