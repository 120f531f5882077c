import { bodyHeadersOf, rawRequestOf } from './raw-body.js';
import { readBody } from './read-body.js';

/** A body with what its sender says of it. */
export interface TakenBody {
  readonly bytes: Buffer;
  /** The media type in lower case, without parameters; empty when none was given. */
  readonly mediaType: string;
  /** The whole `Content-Type`. */
  readonly contentType: string;
}

/**
 * Reads the body of a request, also where a parser of the host was first: under a global prefix the modules do not know
 * which paths to keep from it.
 *
 * @throws MillraceError `TOO_LARGE` (413) above the limit
 */
export async function takeBody(request: object, limit: number): Promise<TakenBody> {
  const contentType = bodyHeadersOf(request)['content-type'] ?? '';
  const mediaType = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  const { body } = request as { body?: unknown };
  const bytes = rawRequestOf(request).readableEnded ? written(body) : await readBody(request, limit);
  return { bytes, mediaType, contentType };
}

/** What a parser has made of a body, as bytes again. */
function written(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (typeof body === 'string') return Buffer.from(body);
  return body === undefined || body === null ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
}
