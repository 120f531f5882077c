import { isUtf8 } from 'node:buffer';
import { isNestedDeeper, MAX_JSON_DEPTH, thrownText } from '@millrace/protocol';
import { MillraceError } from '../errors/millrace.error.js';

/**
 * The JSON value in bytes: UTF-8 or UTF-16, with or without a byte order mark.
 *
 * @throws MillraceError `BAD_REQUEST` with the reason; it quotes no more than the parser does
 */
export function parseJsonBody(bytes: Buffer): unknown {
  const text = decode(bytes);
  if (isNestedDeeper(text)) throw bad(`The body is nested deeper than ${MAX_JSON_DEPTH} levels`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw bad(`The body is not JSON: ${thrownText(error).slice(0, 100)}`, error);
  }
}

/**
 * The JSON object in bytes.
 *
 * @throws as {@link parseJsonBody}
 */
export function parseJsonObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) throw bad('The body is empty; a JSON object is due');
  const value = parseJsonBody(bytes);
  if (!isJsonObject(value)) throw bad('The body must be a JSON object');
  return value;
}

/** Whether a value is what JSON calls an object. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}

function decode(bytes: Buffer): string {
  const [first, second] = bytes;
  if (first === 0xfe && second === 0xff) return utf16(bytes.subarray(2), true);
  if (first === 0xff && second === 0xfe) return utf16(bytes.subarray(2), false);
  // JSON begins with an ASCII character, so a zero tells which half it is in.
  if (bytes.length > 1 && first === 0) return utf16(bytes, true);
  if (bytes.length > 1 && second === 0) return utf16(bytes, false);
  if (!isUtf8(bytes)) throw bad('The body is not UTF-8');
  const marked = first === 0xef && second === 0xbb && bytes[2] === 0xbf;
  return bytes.toString('utf8', marked ? 3 : 0);
}

function utf16(bytes: Buffer, bigEndian: boolean): string {
  try {
    return new TextDecoder(bigEndian ? 'utf-16be' : 'utf-16le', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw bad('The body is not UTF-16', error);
  }
}

function bad(message: string, cause?: unknown): MillraceError {
  return new MillraceError('BAD_REQUEST', message, { cause });
}
