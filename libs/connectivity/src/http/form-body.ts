import { MillraceError } from '@millrace/core/errors';
import type { TakenBody } from './take-body.js';

/**
 * The first field of a name in a form, urlencoded or multipart (connectivity#34).
 *
 * @throws MillraceError `BAD_REQUEST` when the form cannot be read, or has no such text field
 */
export async function readFormField({ bytes, contentType }: TakenBody, name: string): Promise<string> {
  let value: unknown;
  try {
    const form = await new Response(new Uint8Array(bytes), { headers: { 'Content-Type': contentType } }).formData();
    value = form.get(name);
  } catch (error) {
    throw new MillraceError('BAD_REQUEST', 'The form cannot be read', { cause: error });
  }
  if (typeof value !== 'string') throw new MillraceError('BAD_REQUEST', `The form has no field "${name}"`);
  return value;
}
