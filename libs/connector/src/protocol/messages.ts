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

/** A text under a key of an object, or undefined. */
export function textAt(value: unknown, key: string): string | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}
