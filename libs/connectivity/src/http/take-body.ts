import { bodyHeadersOf, rawRequestOf, readBody } from '@millrace/core/http';
import type { HttpRequest } from './http-types.js';

/** A body with what its sender says of it. */
export interface TakenBody {
  readonly bytes: Buffer;
  /** The media type in lower case, without parameters; empty when none was given. */
  readonly mediaType: string;
  /** The whole `Content-Type`. */
  readonly contentType: string;
}

/** Reads the body of one of our routes. @throws MillraceError `TOO_LARGE` */
export async function takeBody(request: HttpRequest, limit: number): Promise<TakenBody> {
  const contentType = bodyHeadersOf(request)['content-type'] ?? '';
  const mediaType = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  // Under a global prefix the module does not know its paths, and the host's parsers may have been first.
  const bytes = rawRequestOf(request).readableEnded ? reread(request.body) : await readBody(request, limit);
  return { bytes, mediaType, contentType };
}

function reread(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (typeof body === 'string') return Buffer.from(body);
  return body === undefined || body === null ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
}
