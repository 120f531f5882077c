import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import type { JsonSchema } from '../../api/json-schema.interface.js';
import { toReferenceSchema } from './reference-schema.js';

type Direction = 'input' | 'output';
type Props = StandardSchemaV1.Props & Partial<Pick<StandardJSONSchemaV1.Props, 'jsonSchema'>>;

const TARGET = 'draft-07';

/**
 * JSON Schema of a Standard Schema, in the forms of rpc§8.1: by the schema's own conversion, else by zod's where the
 * schema is of zod. A schema that cannot be converted is described as "anything"; it validates all the same.
 */
export async function deriveSchema(schema: StandardSchemaV1, direction: Direction): Promise<JsonSchema> {
  const source = await convert(schema, direction);
  return source ? toReferenceSchema(source, direction === 'input') : {};
}

async function convert(schema: StandardSchemaV1, direction: Direction): Promise<Record<string, unknown> | undefined> {
  const props: Props = schema['~standard'];
  try {
    if (props.jsonSchema) {
      return props.jsonSchema[direction]({ target: TARGET, libraryOptions: { unrepresentable: 'any' } });
    }
    if (props.vendor !== 'zod') return undefined;
    // An older zod 4 converts by a function of its own; loaded only for its schemas.
    const { z } = await import('zod');
    return z.toJSONSchema(schema as never, { target: 'draft-7', io: direction, unrepresentable: 'any' });
  } catch {
    // Not every type has a JSON form.
    return undefined;
  }
}
