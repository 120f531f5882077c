import { MillraceError } from '@millrace/core/errors';

/** One invalid field, as in stream-store§2. */
export interface FieldProblem {
  readonly loc: readonly [place: 'body' | 'query', field: string];
  readonly msg: string;
  readonly type: string;
}

export function missingField(field: string): FieldProblem {
  return { loc: ['body', field], msg: 'field required', type: 'value_error.missing' };
}

/** 422 with a list of what is wrong, and the fields of RFC 6749 section 5.2 beside it. */
export function invalidLogin(problems: readonly FieldProblem[], error = 'invalid_request'): MillraceError {
  const description = problems.map(({ loc, msg }) => `${loc[1]}: ${msg}`).join('; ');
  return new MillraceError('INVALID', description, {
    detail: problems,
    fields: { error, error_description: description },
  });
}

/** 401: name and password do not fit. It does not say which of them. */
export function wrongPassword(): MillraceError {
  const text = 'Incorrect username or password';
  return new MillraceError('UNAUTHENTICATED', text, {
    headers: { 'WWW-Authenticate': 'Bearer' },
    fields: { error: 'invalid_grant', error_description: text },
  });
}

/** 429: a limit is reached. @param seconds until the next attempt is heard */
export function tooManyAttempts(seconds: number, what = 'login attempts'): MillraceError {
  const wait = Math.max(1, Math.ceil(seconds));
  return new MillraceError('TOO_MANY_REQUESTS', `Too many ${what}; try again in ${wait} s`, {
    headers: { 'Retry-After': String(wait) },
  });
}
