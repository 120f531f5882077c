import { MillraceError } from '../errors/millrace.error.js';
import { bodyHeadersOf, rawRequestOf } from './raw-body.js';

/**
 * Reads the whole body of a request that `RawBody` keeps from the host's parsers.
 *
 * @param limit the most bytes that are taken
 * @returns the body; empty when a parser of the host's has read it already
 * @throws MillraceError `TOO_LARGE` (413) above the limit; what is left of the body is not read. `TOO_SLOW` (408) by `SlowBodies`
 */
export async function readBody(request: object, limit: number): Promise<Buffer> {
  const tooLarge = (): MillraceError =>
    new MillraceError('TOO_LARGE', `The body is larger than ${limit} bytes`, { headers: { Connection: 'close' } });
  const length = Number(bodyHeadersOf(request)['content-length'] ?? 0);
  if (length > limit) throw tooLarge();
  const raw = rawRequestOf(request);
  // A parser of the host has read it (Express takes `/TOKEN` for `/token`): no more data will come, and no end.
  if (raw.readableEnded) return Buffer.alloc(0);
  // A small body has mostly come in one packet with its headers, but those are reported before the rest of it is looked at.
  if (raw.readableLength < length) await Promise.resolve();
  if (length > 0 && raw.readableLength === length) return raw.read() as Buffer;
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      raw.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      stop();
      raw.pause();
      reject(tooLarge());
    };
    const onEnd = (): void => {
      stop();
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size));
    };
    const onError = (error: Error): void => {
      stop();
      // One that comes too slowly says so itself.
      if (error instanceof MillraceError) reject(error);
      else reject(new MillraceError('BAD_REQUEST', 'The body was cut off', { cause: error }));
    };
    const onClose = (): void => onError(new Error('The connection was closed'));
    raw.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}

export const URL_ENCODED = 'application/x-www-form-urlencoded';

/** A body with what its sender says of it. */
export interface TakenBody {
  readonly bytes: Buffer;
  /** The media type in lower case, without parameters; empty when none was given. */
  readonly mediaType: string;
  /** The whole `Content-Type`. */
  readonly contentType: string;
}

/**
 * Reads the body of a request, also where a parser of the host was first: behind a path of `RouterModule` the modules do not
 * know which paths to keep from it.
 *
 * @throws MillraceError `TOO_LARGE` (413) above the limit
 */
export async function takeBody(request: object, limit: number): Promise<TakenBody> {
  const contentType = bodyHeadersOf(request)['content-type'] ?? '';
  const mediaType = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  const { body } = request as { body?: unknown };
  const bytes = rawRequestOf(request).readableEnded ? written(body, mediaType) : await readBody(request, limit);
  return { bytes, mediaType, contentType };
}

/** @throws MillraceError `INVALID` (422) for a value so deep that it cannot be written */
function jsonText(body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch (error) {
    throw new MillraceError('INVALID', 'The body is nested too deep', { cause: error });
  }
}

/** What a parser has made of a body, as bytes again. */
function written(body: unknown, mediaType: string): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (typeof body === 'string') return Buffer.from(body);
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (mediaType !== URL_ENCODED) return Buffer.from(jsonText(body));
  const fields = Object.entries(body)
    .map(([name, value]): [string, unknown] => [name, Array.isArray(value) ? value[0] : value])
    .filter((field): field is [string, string] => typeof field[1] === 'string');
  return Buffer.from(new URLSearchParams(fields).toString());
}
