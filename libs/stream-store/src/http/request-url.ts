import { MillraceError } from '@millrace/core/errors';
import { rawRequestOf } from '@millrace/core/http';

/**
 * The one path segment behind a route's base, percent-decoded; `+` stays a plus sign. Empty when the path ends with the
 * base. Read from the target itself, since the routers' own limits on parameters differ.
 *
 * @throws MillraceError `NOT_FOUND` when more segments follow, `BAD_REQUEST` for a malformed escape
 */
export function nameBehind(base: string, request: object): string {
  // Seen from the end: a global prefix may hold the base as well.
  const segments = segmentsOf(request);
  const name = segments.at(-2) === base ? segments.at(-1) : segments.at(-1) === base ? '' : undefined;
  if (name === undefined) throw new MillraceError('NOT_FOUND', 'Not Found');
  return decoded(name);
}

/** The last segments of the path, percent-decoded; as for {@link nameBehind}, the routers' own limits do not hold. */
export function lastSegments(request: object, count: number): string[] {
  return segmentsOf(request).slice(-count).map(decoded);
}

function segmentsOf(request: object): string[] {
  const [path = ''] = (rawRequestOf(request).url ?? '/').split('?', 1);
  return path.replace(/\/$/, '').split('/');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    throw new MillraceError('BAD_REQUEST', 'The path has a malformed percent escape', { cause: error });
  }
}
