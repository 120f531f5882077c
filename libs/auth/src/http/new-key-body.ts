import { MillraceError } from '@millrace/core/errors';
import { parseJsonBody, takeBody } from '@millrace/core/http';
import { z } from 'zod';
import type { NewApiKey } from '@millrace/accounts';

/** A name and some scopes are small; more is refused with 413. */
const MAX_BODY_BYTES = 131_072;

const SCHEMA = z.strictObject({
  name: z.string(),
  scopes: z.array(z.string()),
  expires: z.string().nullish(),
});

/**
 * Reads the body of `POST /keys`.
 *
 * @throws MillraceError `BAD_REQUEST` when it is not JSON, `INVALID` (422) when a member is missing, unknown or not valid
 */
export async function readNewKey(request: object): Promise<NewApiKey> {
  const result = SCHEMA.safeParse(await readJson(request));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new MillraceError('INVALID', `${issue?.path.join('.') || 'The body'}: ${issue?.message ?? 'is not valid'}`);
}

async function readJson(request: object): Promise<unknown> {
  const { bytes } = await takeBody(request, MAX_BODY_BYTES);
  try {
    return parseJsonBody(bytes);
  } catch {
    // The parser's message quotes the body.
    throw new MillraceError('BAD_REQUEST', 'The body is not JSON; send {"name": …, "scopes": […]}');
  }
}
