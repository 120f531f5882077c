import { MillraceError } from '@millrace/core';
import { z } from 'zod';

const SCHEMA = z.strictObject({ password: z.string(), scopes: z.array(z.string()).min(1).max(100).default(['*']) });

/** Password and scopes of a user. @throws MillraceError `INVALID` (422) when a member is missing, unknown or not valid */
export function readNewUser(body: unknown): z.output<typeof SCHEMA> {
  const result = SCHEMA.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new MillraceError('INVALID', `${issue?.path.join('.') || 'The body'}: ${issue?.message ?? 'is not valid'}`);
}
