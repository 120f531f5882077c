/** A JSON Schema, as far as forms and checks look at it. */
export interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly example?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** What a schema takes, in a few words: `integer, from 16 to 2048`. */
export function kindOf(schema: Schema): string {
  const { type, enum: values, oneOf, anyOf } = schema;
  if (values) return values.map((value) => JSON.stringify(value)).join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const alternatives = oneOf ?? anyOf;
  if (alternatives) return alternatives.map(kindOf).join(' or ') || 'nothing';
  if (type === 'array') return schema.items?.type ? `list of ${schema.items.type}` : 'list';
  return [type ?? 'any JSON', rangeOf(schema)].filter(Boolean).join(', ');
}

function rangeOf(schema: Schema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, minLength, maxLength } = schema;
  return [
    minimum !== undefined && `from ${minimum}`,
    exclusiveMinimum !== undefined && `above ${exclusiveMinimum}`,
    maximum !== undefined && `to ${maximum}`,
    exclusiveMaximum !== undefined && `below ${exclusiveMaximum}`,
    minLength !== undefined && minLength > 1 && `at least ${minLength} letters`,
    maxLength !== undefined && `at most ${maxLength} letters`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** The first example that somebody has written into the schema. */
export function givenExample({ examples, example }: Schema): unknown {
  return examples?.[0] ?? example;
}

/** A value to begin with: the default, an example, or something of the right shape. */
export function exampleOf(schema: Schema): unknown {
  const { type, enum: values, oneOf, anyOf, properties = {}, required = [] } = schema;
  const given = [schema.default, schema.const, givenExample(schema), values?.[0]];
  const known = given.find((value) => value !== undefined);
  if (known !== undefined) return known;
  const [first] = oneOf ?? anyOf ?? [];
  if (first) return exampleOf(first);
  switch (type) {
    case 'integer':
    case 'number':
      return schema.minimum ?? 0;
    case 'string':
      return '';
    case 'boolean':
      return false;
    case 'array':
      return [];
    case 'object':
      return Object.fromEntries(
        Object.entries(properties)
          .filter(([name]) => required.includes(name))
          .map(([name, member]) => [name, exampleOf(member)]),
      );
    default:
      return null;
  }
}
