import { parseForm, takeBody } from '@millrace/core/http';
import { type FieldProblem, invalidLogin } from '../engine/auth.errors.js';

/** A form with a name and a password is small; more is refused with 413. */
const MAX_BODY_BYTES = 16_384;

interface LoginForm {
  readonly username: string;
  readonly password: string;
}

/**
 * Reads the body of `POST /token`.
 *
 * @throws MillraceError `INVALID` (422) when a field is missing or empty, `grant_type` is wrong or the body is not a form
 */
export async function readLoginForm(request: object): Promise<LoginForm> {
  const body = await takeBody(request, MAX_BODY_BYTES);
  // The fields of a form that cannot be read are missing, and the answer says so.
  const fields = await parseForm(body).catch(() => new Map<string, string>());
  const problems: FieldProblem[] = [];
  const grantType = fields.get('grant_type');
  if (grantType && grantType !== 'password') {
    const problem = { loc: ['body', 'grant_type'], msg: 'must be "password"', type: 'value_error.str.regex' } as const;
    throw invalidLogin([problem], 'unsupported_grant_type');
  }
  const required = (name: string): string => {
    const value = fields.get(name);
    if (!value) problems.push({ loc: ['body', name], msg: 'field required', type: 'value_error.missing' });
    return value ?? '';
  };
  const form = { username: required('username'), password: required('password') };
  if (problems.length > 0) throw invalidLogin(problems);
  return form;
}
