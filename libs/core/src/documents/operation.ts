export const TEXT = { type: 'string' } as const;
export const INTEGER = { type: 'integer' } as const;
/** A switch that is off unless it is set. */
export const BOOLEAN = { type: 'boolean', default: false } as const;
export const BINARY = { type: 'string', format: 'binary' } as const;

/** A schema of `components.schemas`, by its name. */
export function ref(name: string): Readonly<Record<string, unknown>> {
  return { $ref: `#/components/schemas/${name}` };
}

export function arrayOf(items: object): Readonly<Record<string, unknown>> {
  return { type: 'array', items };
}

/** No credential is asked for, and none is looked at. */
export const OPEN: readonly object[] = [];
/** A token is due. */
export const BEARER: readonly object[] = [{ bearer: [] }];
/** Hosts may leave the routes open or not: a token is sent where there is one, and asked for nowhere. */
export const OPTIONAL_BEARER: readonly object[] = [{}, { bearer: [] }];

export interface OperationInit {
  readonly id?: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly object[];
  readonly parameters?: readonly object[];
  /** Of {@link requestBody}, or one of your own. */
  readonly requestBody?: object;
  /** Answers by their statuses. */
  readonly responses: Readonly<Record<number, object>>;
}

/** One operation of an OpenAPI document. */
export function operation(input: OperationInit): object {
  return defined({
    operationId: input.id,
    tags: [input.tag],
    summary: input.summary,
    description: input.description,
    security: input.security,
    parameters: input.parameters,
    requestBody: input.requestBody,
    responses: input.responses,
  });
}

/** An object without the members that are undefined. */
export function defined(members: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** `content` with a JSON schema, for a body or an answer. */
export function json(schema: object): { readonly content: object } {
  return { content: { 'application/json': { schema } } };
}

/** A JSON body that a request must have. */
export function requestBody(schema: object): object {
  return { required: true, ...json(schema) };
}

/** An answer: its description, and the JSON schema of its body. */
export function answer(description: string, schema?: object): object {
  return { description, ...(schema ? json(schema) : {}) };
}

/** Several answers of one kind: their descriptions by status. */
export function answers(
  descriptions: Readonly<Record<number, string>>,
  schema?: object,
): Readonly<Record<number, object>> {
  return Object.fromEntries(
    Object.entries(descriptions).map(([status, description]) => [status, answer(description, schema)]),
  );
}

export function pathParameter(name: string, description?: string, more: object = {}): object {
  return defined({ name, in: 'path', required: true, schema: TEXT, description, ...more });
}

export function queryParameter(name: string, description: string | undefined, schema: object = TEXT): object {
  return defined({ name, in: 'query', description, schema });
}
