interface OperationInit {
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly object[];
  readonly requestBody?: object;
  /** Successful answer: description and content. */
  readonly ok: object;
  /** Further statuses, each answered as `{"detail": …}`. */
  readonly errors?: Readonly<Record<number, string>>;
  readonly open?: boolean;
}

const ERROR_CONTENT = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };

/** One operation of an OpenAPI document, with the answers every guarded route has. */
export function operation({
  tag,
  summary,
  description,
  parameters = [],
  requestBody,
  ok,
  errors = {},
  open = false,
}: OperationInit): object {
  const failures = open
    ? errors
    : { 401: 'No token, or one that does not verify', 403: 'A scope is missing', ...errors };
  return {
    tags: [tag],
    summary,
    ...(description ? { description } : {}),
    parameters,
    ...(requestBody ? { requestBody } : {}),
    security: open ? [] : [{ bearer: [] }],
    responses: {
      200: ok,
      ...Object.fromEntries(
        Object.entries(failures).map(([status, text]) => [status, { description: text, content: ERROR_CONTENT }]),
      ),
    },
  };
}

export function query(name: string, description: string, schema: object = { type: 'string' }): object {
  return { name, in: 'query', description, schema };
}

export function streamId(description = 'Stream name; several joined by +'): object {
  return { name: 'id', in: 'path', required: true, description, schema: { type: 'string' }, example: 'hello' };
}

export const BOOLEAN = { type: 'boolean', default: false } as const;

export function json(description: string, schema: object): object {
  return { description, content: { 'application/json': { schema } } };
}
