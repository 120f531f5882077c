import { readJson } from '../../../parts/formats/read-json.js';
import type { Method, MethodParameter } from '../document.js';
import { checkValue } from './check-value.js';
import { exampleOf, givenExample, type Schema } from './schema.js';

/** How a parameter is entered. */
export type FieldKind = 'text' | 'number' | 'boolean' | 'choice' | 'json';

export function fieldKindOf({ type, enum: values }: Schema): FieldKind {
  if (values) return 'choice';
  if (type === 'string') return 'text';
  if (type === 'integer' || type === 'number') return 'number';
  return type === 'boolean' ? 'boolean' : 'json';
}

/** What stands in each field, by the name of its parameter. */
export type FieldTexts = Readonly<Record<string, string>>;

/** What stands in the fields at first. */
export function firstTexts({ params }: Method): FieldTexts {
  return Object.fromEntries(params.map((parameter) => [parameter.name, firstText(parameter)]));
}

/** What may be left out is left out, unless there is a default. */
function firstText({ schema, required }: MethodParameter): string {
  if (schema.default === undefined && required !== true) return '';
  const kind = fieldKindOf(schema);
  const isGiven = schema.default !== undefined || givenExample(schema) !== undefined;
  const isShaped = kind === 'json' ? schema.type !== undefined : kind === 'boolean' || kind === 'choice';
  return isGiven || isShaped ? textOfValue(schema, exampleOf(schema)) : '';
}

/** How a value stands in its field. */
export function textOfValue(schema: Schema, value: unknown): string {
  if (fieldKindOf(schema) === 'text' && typeof value === 'string') return value;
  return JSON.stringify(value, undefined, fieldKindOf(schema) === 'json' ? 2 : undefined) ?? '';
}

/** What the fields say. */
export interface ReadFields {
  readonly params: readonly unknown[] | object | undefined;
  /** What is wrong, by the name of the parameter. */
  readonly faults: Readonly<Record<string, string>>;
}

/** Reads the fields, and checks them. */
export function readFields({ params }: Method, texts: FieldTexts): ReadFields {
  const values: Record<string, unknown> = {};
  const faults: Record<string, string> = {};
  for (const parameter of params) {
    const { name } = parameter;
    const { value, fault } = readField(parameter, texts[name] ?? '');
    if (fault !== undefined) faults[name] = fault;
    else if (value !== undefined) values[name] = value;
  }
  const [only] = params;
  if (only?.['x-variadic']) return { params: values[only.name] as object | undefined, faults };
  return { params: params.length > 0 ? values : undefined, faults };
}

function readField(
  { schema, required, 'x-variadic': isWhole }: MethodParameter,
  text: string,
): { value?: unknown; fault?: string } {
  const kind = fieldKindOf(schema);
  if (text.trim() === '' && !(kind === 'text' && text !== '')) {
    // What takes anything takes nothing too.
    return required && !(isWhole && schema.type === undefined) ? { fault: 'must be given' } : {};
  }
  const read = kind === 'text' ? { value: text } : readJson(text);
  if (read.fault !== undefined) return kind === 'number' ? { fault: 'must be a number' } : read;
  if (isWhole && (typeof read.value !== 'object' || read.value === null))
    return { fault: 'must be a JSON list or object' };
  const [fault, ...more] = checkValue(schema, read.value);
  return fault === undefined ? read : { fault: [fault, ...more].join('; ') };
}
