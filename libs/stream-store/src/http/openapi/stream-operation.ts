import { answers, BEARER, OPEN, operation, pathParameter, ref } from '@millrace/core/documents';

interface StreamOperation {
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

const GUARDED = { 401: 'No token, or one that does not verify', 403: 'A scope is missing' };

/** One operation, with the answers every guarded route of streams has. */
export function streamOperation({ ok, errors, open = false, parameters = [], ...init }: StreamOperation): object {
  return operation({
    ...init,
    parameters,
    security: open ? OPEN : BEARER,
    responses: { 200: ok, ...answers(open ? { ...errors } : { ...GUARDED, ...errors }, ref('Error')) },
  });
}

export function streamId(description = 'Stream name; several joined by +'): object {
  return pathParameter('id', description, { example: 'hello' });
}
