import { MillraceError } from '@millrace/core/errors';
import { readBody } from '@millrace/core/http';
import { invalidField } from '../engine/query/invalid-field.js';

/**
 * The JSON object in the body of a request, whatever its content type says; undefined when the body is empty.
 *
 * @throws MillraceError 422 for anything but a JSON object, 413 above the limit
 */
export async function readJsonObject(request: object, limit: number): Promise<Record<string, unknown> | undefined> {
  // On Express under a global prefix the host's parser has been here before.
  const { body } = request as { body?: unknown };
  if (isObject(body) && Object.keys(body).length > 0) return body;
  const bytes = await readBody(request, limit);
  return bytes.length === 0 ? undefined : parseObject(bytes);
}

function parseObject(bytes: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new MillraceError('INVALID', 'The body is not JSON', {
      cause: error,
      detail: [{ loc: ['body'], msg: 'The body is not JSON', type: 'value_error.jsondecode' }],
    });
  }
  if (!isObject(value)) throw invalidField(['body'], 'value is not a valid dict', 'type_error.dict');
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}
