import { kindOf, type Schema } from './schema.js';

/**
 * What is wrong with a value, before the server is asked: a sentence for each fault, which names the place where it is not the
 * value itself. Keywords that are not known are left to the server.
 */
export function checkValue(schema: Schema, value: unknown, place = ''): string[] {
  const says = (text: string): string => (place === '' ? text : `${place}: ${text}`);
  if (schema.enum && !schema.enum.some((one) => isSame(one, value))) return [says(`must be ${kindOf(schema)}`)];
  if (schema.const !== undefined && !isSame(schema.const, value)) return [says(`must be ${kindOf(schema)}`)];
  if (schema.type !== undefined && !isOfType(schema.type, value)) return [says(`must be ${kindOf(schema)}`)];
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives && !alternatives.some((one) => checkValue(one, value).length === 0))
    return [says(`must be ${kindOf(schema)}`)];
  if (typeof value === 'number') return checkNumber(schema, value).map(says);
  if (typeof value === 'string') return checkText(schema, value).map(says);
  if (Array.isArray(value)) return checkList(schema, value, place, says);
  if (typeof value === 'object' && value !== null) return checkObject(schema, value, place, says);
  return [];
}

function checkNumber(schema: Schema, value: number): string[] {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (value < minimum) return [`must be at least ${minimum}`];
  if (value > maximum) return [`must be at most ${maximum}`];
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) return [`must be above ${exclusiveMinimum}`];
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) return [`must be below ${exclusiveMaximum}`];
  const parts = multipleOf === undefined ? 0 : value / multipleOf;
  // 0.3 is a multiple of 0.1, though not in floating point.
  return Math.abs(parts - Math.round(parts)) > 1e-9 ? [`must be a multiple of ${multipleOf}`] : [];
}

function checkText({ minLength = 0, maxLength = Infinity, pattern }: Schema, value: string): string[] {
  const { length } = [...value];
  if (length < minLength) return [`must have at least ${minLength} letters`];
  if (length > maxLength) return [`must have at most ${maxLength} letters`];
  return pattern !== undefined && !matches(pattern, value) ? [`must match ${pattern}`] : [];
}

/** A pattern that this browser does not know is left to the server. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}

type Says = (text: string) => string;

function checkList(schema: Schema, value: readonly unknown[], place: string, says: Says): string[] {
  const { minItems = 0, maxItems = Infinity, items } = schema;
  if (value.length < minItems) return [says(`must have at least ${minItems} items`)];
  if (value.length > maxItems) return [says(`must have at most ${maxItems} items`)];
  return items ? value.flatMap((item, index) => checkValue(items, item, `${place}[${index}]`)) : [];
}

function checkObject(schema: Schema, value: object, place: string, says: Says): string[] {
  const { properties = {}, required = [], additionalProperties } = schema;
  const missing = required.filter((name) => !Object.hasOwn(value, name)).map((name) => says(`"${name}" is missing`));
  const members = Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
    const at = place === '' ? name : `${place}.${name}`;
    if (Object.hasOwn(properties, name)) return checkValue(properties[name]!, member, at);
    if (additionalProperties === false) return [says(`has no "${name}"`)];
    return typeof additionalProperties === 'object' ? checkValue(additionalProperties, member, at) : [];
  });
  return [...missing, ...members];
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}

function isSame(left: unknown, right: unknown): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}
