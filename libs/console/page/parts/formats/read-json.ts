import { isNestedDeeper, thrownText } from '@millrace/protocol';

/** Reads what a user has typed. @returns the value, or what is wrong as the rest of a sentence: `is not JSON: …` */
export function readJson(text: string): { readonly value?: unknown; readonly fault?: string } {
  if (isNestedDeeper(text)) return { fault: 'is nested too deep' };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { fault: `is not JSON: ${thrownText(error)}` };
  }
}

/** The same where it has to be an object; an empty text is an empty one. */
export function readJsonObject(text: string): {
  readonly value?: Readonly<Record<string, unknown>>;
  readonly fault?: string;
} {
  if (text.trim() === '') return { value: {} };
  const { value, fault } = readJson(text);
  if (fault !== undefined) return { fault };
  return isObject(value) ? { value } : { fault: 'must be a JSON object: {…}' };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
