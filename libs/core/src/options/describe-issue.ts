import { z } from 'zod';
import { formatGiven } from './format-value.js';
import { innerSchema } from './option-meta.js';

type Issue = z.core.$ZodIssue;

/** Names whose values are not shown, marked or not. */
const SECRET_NAME = /secret|password|token|passphrase|key$|pem$|pfx$/i;

/** Says in plain words what is wrong with an option, with which value, and what is accepted. */
export function describeIssue(
  schema: z.ZodType,
  issue: Issue,
  options: unknown,
): { path: readonly string[]; problem: string } {
  const deepest = issue.code === 'invalid_union' ? closest(issue) : issue;
  const path = deepest.path.map(String);
  if (deepest.code === 'unrecognized_keys') {
    const key = deepest.keys[0] ?? '';
    return { path: [...path, key], problem: unknownOption(key, namesAt(schema, path)) };
  }
  const given = valueAt(options, path);
  const accepted = remedyOf(deepest);
  // A rule that speaks of something else than the value, for example of an environment variable.
  if (given === undefined && deepest.code === 'custom') return { path, problem: accepted };
  if (given === undefined && deepest.code === 'invalid_type') return { path, problem: `is missing: it ${accepted}` };
  if (isSecret(schema, path))
    return { path, problem: accepted.startsWith('must ') ? accepted : `is not valid; ${accepted}` };
  const text = standsForObject(deepest, given) ? 'text' : formatGiven(given);
  return { path, problem: accepted.startsWith('must ') ? `${accepted}, not ${text}` : `is ${text}; ${accepted}` };
}

/** Text in the place of an object or a list: it may be the secret that belongs into it. */
function standsForObject(issue: Issue, given: unknown): boolean {
  return issue.code === 'invalid_type' && typeof given === 'string' && /^(object|array|record)$/.test(issue.expected);
}

/** Of the alternatives of a union, the issue that got furthest into what was given. */
function closest(issue: Extract<Issue, { code: 'invalid_union' }>): Issue {
  const issues = issue.errors.flatMap((alternative) => alternative);
  const depth = (each: Issue): number => each.path.length + (each.code === 'unrecognized_keys' ? 1 : 0);
  const best = issues.reduce<Issue | undefined>(
    (found, each) => (depth(each) > (found ? depth(found) : 0) || each.code === 'custom' ? each : found),
    undefined,
  );
  if (!best) return { ...issue, code: 'custom', message: alternatives(issues) ?? issue.message };
  const inner = { ...best, path: [...issue.path, ...best.path] } as Issue;
  return inner.code === 'invalid_union' ? closest(inner) : inner;
}

function alternatives(issues: readonly Issue[]): string | undefined {
  const texts = [...new Set(issues.map((each) => remedyOf(each).replace(/^must be /, '')))];
  return texts.length > 0 ? `must be ${texts.join(' or ')}` : undefined;
}

function remedyOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${typeName(issue.expected)}`;
    case 'too_small':
      return bound(issue.origin, issue.inclusive === false ? 'above' : 'at least', issue.minimum);
    case 'too_big':
      return bound(issue.origin, issue.inclusive === false ? 'below' : 'at most', issue.maximum);
    case 'invalid_value':
      return `must be ${issue.values.map((value) => (typeof value === 'string' ? `"${value}"` : String(value))).join(' or ')}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    default:
      return issue.message;
  }
}

function bound(origin: string, word: string, limit: number | bigint): string {
  if (origin === 'string') return `must have ${word} ${limit} character${Number(limit) === 1 ? '' : 's'}`;
  if (origin === 'array' || origin === 'set')
    return `must have ${word} ${limit} entr${Number(limit) === 1 ? 'y' : 'ies'}`;
  return `must be ${word} ${limit}`;
}

function typeName(expected: string): string {
  if (expected === 'int') return 'a whole number';
  if (expected === 'nan') return 'a number';
  return `${/^[aeiou]/.test(expected) ? 'an' : 'a'} ${expected}`;
}

function unknownOption(key: string, known: readonly string[]): string {
  const near = known.find((name) => isNear(name, key));
  if (near) return `is not known; did you mean "${near}"?`;
  return known.length > 0 ? `is not known; known are ${known.join(', ')}` : 'is not known; leave it out';
}

/** Whether two names differ by a letter or two, by their case, or by a swap. */
function isNear(name: string, other: string): boolean {
  const [a, b] = [name.toLowerCase(), other.toLowerCase()];
  if (Math.abs(a.length - b.length) > 2) return false;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return (row[b.length] ?? 0) <= 2;
}

function namesAt(schema: z.ZodType, path: readonly string[]): string[] {
  const found = schemasAt(schema, path).at(-1) ?? [];
  return found.flatMap((each) => (each instanceof z.ZodObject ? Object.keys(each.shape as object) : []));
}

function isSecret(schema: z.ZodType, path: readonly string[]): boolean {
  if (path.some((name) => SECRET_NAME.test(name))) return true;
  return schemasAt(schema, path).some((layer) => layer.some((each) => innerSchema(each).meta.secret));
}

/** The schemas on the way to an option, one list for each step: a union has several. */
function schemasAt(schema: z.ZodType, path: readonly string[]): z.ZodType[][] {
  const steps = [alternativesOf(schema)];
  for (const name of path) {
    steps.push(
      (steps.at(-1) ?? []).flatMap((each) => {
        if (each instanceof z.ZodObject) return alternativesOf((each.shape as Record<string, z.ZodType>)[name]);
        if (each instanceof z.ZodArray) return alternativesOf(each.element as z.ZodType);
        if (each instanceof z.ZodRecord) return alternativesOf(each.valueType as z.ZodType);
        return [];
      }),
    );
  }
  return steps;
}

function alternativesOf(schema: z.ZodType | undefined): z.ZodType[] {
  if (!schema) return [];
  const { core, meta } = innerSchema(schema);
  const inner = core instanceof z.ZodUnion ? (core.options as z.ZodType[]).flatMap(alternativesOf) : [core];
  return meta.secret ? [schema, ...inner] : inner;
}

function valueAt(options: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    options,
  );
}
