import { type FrameworkResponse, rawRequestOf } from '@millrace/core/http';
import { MillraceError } from '@millrace/core/errors';
import { JSON_TYPE, send, TEXT_TYPE } from './send.js';
import type { ConnectivityLimits } from '../connectivity.limits.js';
import { checkPartition } from './members.js';

/**
 * Lets a request through to its handler, or answers it here (connectivity#48).
 *
 * @param methods that the path takes besides OPTIONS; HEAD goes with GET
 * @param name last segment of the path, exactly; Express would also take another case, or a slash behind it
 * @returns whether the handler is to go on
 * @throws MillraceError `NOT_FOUND` for a path that only looks like ours
 */
export function passes(
  request: object,
  response: FrameworkResponse,
  methods: readonly ('GET' | 'POST')[],
  name?: string,
): boolean {
  if (name !== undefined && !pathOf(request).endsWith(`/${name}`))
    throw new MillraceError('NOT_FOUND', `There is nothing at ${pathOf(request)}`);
  const method = rawRequestOf(request).method ?? 'GET';
  if (methods.includes((method === 'HEAD' ? 'GET' : method) as 'GET')) return true;
  const allowed = [...methods.flatMap((each) => (each === 'GET' ? ['GET', 'HEAD'] : [each])), 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') send(response, 200, TEXT_TYPE, Buffer.alloc(0), { Allow: allowed });
  else {
    const detail = `${method} is not allowed here; use ${methods.join(' or ')}`;
    send(response, 405, JSON_TYPE, Buffer.from(JSON.stringify({ detail })), { Allow: allowed });
  }
  return false;
}

/** The path as it was sent, without the query. */
function pathOf(request: object): string {
  const { originalUrl } = request as { originalUrl?: string };
  const url = originalUrl ?? rawRequestOf(request).url ?? '/';
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

/**
 * The partition behind `/getconnection/`, percent-decoded; `+` stays a plus sign (connectivity#13).
 *
 * It is read from the path as sent: the routers of Express and Fastify differ in length limits and in slashes.
 *
 * @throws MillraceError `NOT_FOUND` when there is none, `BAD_REQUEST` when it cannot be read
 */
export function partitionInPath(request: object, limits: ConnectivityLimits): string {
  const path = pathOf(request);
  const [, raw] = /\/getconnection\/([^/]+)$/.exec(path) ?? [];
  if (raw === undefined) throw new MillraceError('NOT_FOUND', `There is nothing at ${path}`);
  let name: string;
  try {
    name = decodeURIComponent(raw);
  } catch (error) {
    throw new MillraceError(
      'BAD_REQUEST',
      `The partition in the path must be percent-encoded UTF-8, not "${raw.slice(0, 100)}"`,
      { cause: error },
    );
  }
  if (name.length > limits.maxNameLength)
    throw new MillraceError(
      'BAD_REQUEST',
      `The partition must have at most ${limits.maxNameLength} characters, not ${name.length}`,
    );
  return checkPartition(name);
}
