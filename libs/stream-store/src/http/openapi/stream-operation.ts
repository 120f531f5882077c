import { answers, BEARER, operation, type OperationInit, ref } from '@millrace/core/documents';

export interface StreamOperation extends Omit<OperationInit, 'security' | 'responses'> {
  /** Successful answer: description and content. */
  readonly ok: object;
  /** Further statuses, each answered as `{"detail": …}`. */
  readonly errors?: Readonly<Record<number, string>>;
}

const GUARDED = { 401: 'No token, or one that does not verify', 403: 'A scope is missing' };

/** One operation, with the answers every guarded route of streams has. */
export function streamOperation({ ok, errors, parameters = [], ...init }: StreamOperation): object {
  const responses = { 200: ok, ...answers({ ...GUARDED, ...errors }, ref('Error')) };
  return operation({ ...init, parameters, security: BEARER, responses });
}
