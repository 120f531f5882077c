import { MillraceError } from '@millrace/core/errors';
import { isForm, parseForm, parseJsonObject, type TakenBody } from '@millrace/core/http';

/** The members of a body, not yet checked. */
export type Members = Readonly<Record<string, unknown>>;

/**
 * The JSON object in a body, whatever its content type says, unless that says it is a form (connectivity#6).
 *
 * @throws MillraceError `BAD_REQUEST` with the reason
 */
export function readJsonMembers(body: TakenBody): Members {
  if (!isForm(body)) return parseJsonObject(body.bytes);
  throw new MillraceError(
    'BAD_REQUEST',
    `The body is declared as a form (${body.mediaType}); send JSON with Content-Type: application/json`,
  );
}

/**
 * The field `partition` of a form, urlencoded or multipart (connectivity#34).
 *
 * @throws MillraceError `BAD_REQUEST` when the form cannot be read, or has no such text field
 */
export async function readPartitionField(body: TakenBody): Promise<Members> {
  const partition = (await parseForm(body)).get('partition');
  if (partition === undefined) throw new MillraceError('BAD_REQUEST', 'The form must have the field "partition"');
  return { partition };
}
