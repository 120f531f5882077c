import { MillraceError } from '@millrace/core/errors';
import { isJsonObject, parseJsonBody, queryOf, takeBody } from '@millrace/core/http';
import { isNestedDeeper, MAX_JSON_DEPTH, type StreamMetadata } from '@millrace/protocol';
import { invalidField } from '../engine/query.js';
import { quoted } from '../engine/quoted.js';

const BOUNDS = ['max_len', 'max_age', 'max_bytes'] as const;

/**
 * The metadata a `PUT /streams/{id}` asks for: the query fields of the early form (`desc`, `meta`, `max_len`), and the
 * JSON body of the current one over them, whatever its content type says (stream-store§4).
 *
 * @param limit the most bytes that are taken
 * @throws MillraceError 422 when there is neither, for what is not a JSON object, or a bound that is not a number above 0; 413
 * above the limit
 */
export async function requestedMetadata(request: object, limit: number): Promise<StreamMetadata> {
  const { bytes } = await takeBody(request, limit);
  const body = bytes.length === 0 ? undefined : jsonObject(bytes);
  const query = queryOf(request);
  const asked: StreamMetadata = { ...readMeta(query.get('meta')) };
  const description = query.get('desc');
  if (description !== null) asked['description'] = description;
  const maxLength = query.get('max_len');
  if (maxLength !== null) asked.max_len = Number(maxLength);
  if (!body && Object.keys(asked).length === 0) throw invalidField(['body'], 'field required', 'value_error.missing');
  // Not by assignment, which takes the field `__proto__` for something else.
  const fields: StreamMetadata = { ...asked, ...body };
  for (const bound of BOUNDS) assertBound(bound, fields[bound]);
  return fields;
}

function readMeta(text: string | null): StreamMetadata {
  if (!text) return {};
  try {
    const value = isNestedDeeper(text) ? undefined : (JSON.parse(text) as unknown);
    if (isJsonObject(value)) return value;
  } catch {
    // Answered below, like any other value that is not an object.
  }
  const msg = `Query parameter "meta" must be a JSON object, nested at most ${MAX_JSON_DEPTH} levels deep`;
  throw invalidField(['query', 'meta'], msg, 'type_error.dict');
}

function assertBound(name: string, value: unknown): void {
  if (value === undefined || value === null) return;
  const whole = name !== 'max_age';
  if (typeof value !== 'number' || !(value > 0) || !Number.isFinite(value) || (whole && !Number.isSafeInteger(value))) {
    throw invalidField(
      ['body', name],
      `The field "${name}" must be a ${whole ? 'whole ' : ''}number above 0, not ${quoted(value)}`,
    );
  }
}

function jsonObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = parseJsonBody(bytes);
  } catch (error) {
    // The parser's own message, which is the cause, quotes the body.
    const msg = error instanceof MillraceError && error.cause === undefined ? error.message : 'The body is not JSON';
    const detail = [{ loc: ['body'], msg, type: 'value_error.jsondecode' }];
    throw new MillraceError('INVALID', msg, { cause: error, detail });
  }
  if (!isJsonObject(value)) throw invalidField(['body'], 'value is not a valid dict', 'type_error.dict');
  return value;
}
