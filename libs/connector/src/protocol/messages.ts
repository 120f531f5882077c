/** Any value JSON can hold. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
/** A JSON object, as far as TypeScript can tell. */
export type JsonObject = Record<string, unknown>;

/** An operation message (connector§3.1). Fields not listed are ignored. */
export interface OperationMessage {
  readonly op: string;
  readonly resourceName?: unknown;
  readonly resourceId?: unknown;
  readonly object?: unknown;
  readonly parameters?: unknown;
  readonly messageHeaders?: unknown;
}

/** A response message (connector§3.2). */
export interface ResponseMessage {
  readonly status: number;
  readonly headers?: unknown;
  readonly body?: unknown;
}

/** Whether a value is a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value is, for an error: its kind and nothing of its content. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** The message of what was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}

/** A text under a key of an object, or undefined. */
export function textAt(value: unknown, key: string): string | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}
