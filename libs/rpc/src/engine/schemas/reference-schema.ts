import type { JsonSchema } from '../../api/json-schema.interface.js';

type Source = Readonly<Record<string, unknown>>;

/** Keywords copied as they are; the reference client reads the first ones and passes over the rest (rpc§8.1). */
const COPIED = [
  ...['title', 'description', 'default', 'minimum', 'maximum', 'minItems', 'maxItems'],
  ...[
    'exclusiveMinimum',
    'exclusiveMaximum',
    'multipleOf',
    'minLength',
    'maxLength',
    'pattern',
    'format',
    'uniqueItems',
    'examples',
  ],
];
const DESCRIBING = new Set(['title', 'description', 'default', 'examples', 'readOnly', 'writeOnly']);
const TYPES = new Set(['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']);

/**
 * Translates a JSON Schema into the subset that the reference client can read: no `$ref`, no list of types, no
 * `anyOf`, `items` one schema, `additionalProperties` never `true` (rpc§8.1 #S23).
 *
 * @param given of params which code describes: there `readOnly` says that the code may not change a value, while to
 *   the reference client it says that nobody may give one
 */
export function toReferenceSchema(schema: Source, given = false): JsonSchema {
  return new Translator(schema, given ? ['writeOnly'] : ['readOnly', 'writeOnly']).translate(schema, []);
}

class Translator {
  constructor(
    private readonly root: Source,
    private readonly flags: readonly string[],
  ) {}

  /** @param open references being inlined; one that refers to itself becomes "anything" */
  translate(given: unknown, open: readonly string[]): JsonSchema {
    if (!isSchema(given)) return given === false ? { oneOf: [] } : {};
    if (typeof given['$ref'] === 'string') return this.inline(given, given['$ref'], open);
    const source = this.merged(given, open);
    const result: JsonSchema = {};
    for (const keyword of COPIED) if (source[keyword] !== undefined) result[keyword] = source[keyword];
    for (const keyword of this.flags) if (source[keyword] === true) result[keyword] = true;
    this.dropSafeBounds(result);
    const alternatives = source['oneOf'] ?? source['anyOf'];
    if (Array.isArray(alternatives)) {
      return { ...result, oneOf: alternatives.map((alternative: unknown) => this.translate(alternative, open)) };
    }
    const type: unknown = source['type'];
    if (Array.isArray(type)) {
      const rest = keywords(source, false);
      return {
        ...keywords(result, true),
        oneOf: type.map((one: unknown) => this.translate({ ...rest, type: one }, open)),
      };
    }
    if ('const' in source) Object.assign(result, constant(source['const']));
    else if (Array.isArray(source['enum'])) result.enum = source['enum'];
    if (typeof type === 'string' && TYPES.has(type)) result.type = type as JsonSchema['type'];
    if (result.type === 'array') this.arrayOf(source, result, open);
    if (result.type === 'object') this.objectOf(source, result, open);
    return result;
  }

  private inline(given: Source, reference: string, open: readonly string[]): JsonSchema {
    const target = this.resolve(reference);
    const { $ref: _, ...beside } = given;
    if (open.includes(reference) || target === undefined) return this.translate(beside, open);
    return { ...this.translate(target, [...open, reference]), ...this.translate(beside, open) };
  }

  private resolve(reference: string): unknown {
    if (!reference.startsWith('#')) return undefined;
    let at: unknown = this.root;
    for (const part of reference.slice(1).split('/').filter(Boolean)) {
      const name = decodeURIComponent(part).replace(/~1/g, '/').replace(/~0/g, '~');
      at = isSchema(at) && Object.hasOwn(at, name) ? at[name] : undefined;
    }
    return at;
  }

  /** Puts the parts of `allOf` into one schema. */
  private merged(given: Source, open: readonly string[]): Source {
    if (!Array.isArray(given['allOf'])) return given;
    const { allOf, ...rest } = given;
    let merged: Record<string, unknown> = { ...rest };
    for (const part of allOf as unknown[]) {
      const translated = this.translate(part, open);
      merged = {
        ...translated,
        ...merged,
        ...(translated.properties && {
          properties: { ...translated.properties, ...(merged['properties'] as object | undefined) },
        }),
        ...(translated.required && {
          required: [...new Set([...translated.required, ...((merged['required'] as string[] | undefined) ?? [])])],
        }),
      };
    }
    return merged;
  }

  private arrayOf(source: Source, result: JsonSchema, open: readonly string[]): void {
    const list = source['prefixItems'] ?? (Array.isArray(source['items']) ? source['items'] : undefined);
    if (Array.isArray(list)) {
      // A tuple: what each place may hold cannot be said, only what all of them may.
      const rest = source['prefixItems'] ? source['items'] : source['additionalItems'];
      const items = isSchema(rest) ? [...(list as unknown[]), rest] : (list as unknown[]);
      const kinds = [...new Set(items.map((item) => JSON.stringify(this.translate(item, open))))];
      const schemas = kinds.map((kind) => JSON.parse(kind) as JsonSchema);
      const [only] = schemas;
      if (only) result.items = schemas.length === 1 ? only : { oneOf: schemas };
    } else if (isSchema(source['items'])) {
      const items = this.translate(source['items'], open);
      if (Object.keys(items).length > 0) result.items = items;
    }
  }

  private objectOf(source: Source, result: JsonSchema, open: readonly string[]): void {
    const { properties, required, additionalProperties } = source;
    if (isSchema(properties)) {
      result.properties = Object.fromEntries(
        Object.entries(properties).map(([name, schema]) => [name, this.translate(schema, open)]),
      );
    }
    if (Array.isArray(required) && required.length > 0) result.required = required as string[];
    if (additionalProperties === false) result.additionalProperties = false;
    else if (isSchema(additionalProperties) && Object.keys(additionalProperties).length > 0) {
      result.additionalProperties = this.translate(additionalProperties, open);
    }
  }

  /** Bounds which only say that a number is a safe integer tell nobody anything. */
  private dropSafeBounds(result: JsonSchema): void {
    if (result.minimum === Number.MIN_SAFE_INTEGER) delete result.minimum;
    if (result.maximum === Number.MAX_SAFE_INTEGER) delete result.maximum;
  }
}

function isSchema(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function constant(value: unknown): JsonSchema {
  if (value === null) return { type: 'null' };
  if (typeof value === 'boolean') return { type: 'boolean', enum: [value] };
  return { enum: [value] };
}

/** The keywords of a schema that describe a value of any type, or all others. */
function keywords(schema: Source, describing: boolean): Source {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => DESCRIBING.has(name) === describing));
}
