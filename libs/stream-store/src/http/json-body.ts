import { MillraceError } from '@millrace/core/errors';
import { isJsonObject, parseJsonBody, takeBody } from '@millrace/core/http';
import { invalidField } from '../engine/query/invalid-field.js';

/**
 * The JSON object in the body of a request, whatever its content type says; undefined when the body is empty.
 *
 * @throws MillraceError 422 for anything but a JSON object, 413 above the limit
 */
export async function readJsonObject(
  request: object,
  limit: number,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { bytes } = await takeBody(request, limit);
  if (bytes.length === 0) return undefined;
  const value = parse(bytes);
  if (!isJsonObject(value)) throw invalidField(['body'], 'value is not a valid dict', 'type_error.dict');
  return value;
}

function parse(bytes: Buffer): unknown {
  try {
    return parseJsonBody(bytes);
  } catch (error) {
    throw new MillraceError('INVALID', 'The body is not JSON', {
      cause: error,
      detail: [{ loc: ['body'], msg: 'The body is not JSON', type: 'value_error.jsondecode' }],
    });
  }
}
