import type { FrameworkResponse } from '@millrace/core/http';
import { MillraceError } from '@millrace/core/errors';
import { type HttpRequest, methodOf, pathOf } from './http-types.js';
import { send, TEXT_TYPE } from './send.js';

/** Methods that a path takes besides OPTIONS; HEAD goes with GET. */
export interface PathRule {
  /** Last segment of the path, exactly; Express would also take another case, or a slash behind it. */
  readonly name?: string;
  readonly methods: readonly ('GET' | 'POST')[];
}

/**
 * Lets a request through to its handler, or answers it here (connectivity#48).
 *
 * @returns whether the handler is to go on
 * @throws MillraceError `NOT_FOUND` for a path that only looks like ours
 */
export function passes(request: HttpRequest, response: FrameworkResponse, { name, methods }: PathRule): boolean {
  if (name !== undefined && !pathOf(request).endsWith(`/${name}`))
    throw new MillraceError('NOT_FOUND', `There is nothing at ${pathOf(request)}`);
  const method = methodOf(request);
  if (methods.includes((method === 'HEAD' ? 'GET' : method) as 'GET')) return true;
  const allowed = [...methods.flatMap((each) => (each === 'GET' ? ['GET', 'HEAD'] : [each])), 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') send(response, 200, TEXT_TYPE, Buffer.alloc(0), { Allow: allowed });
  else {
    const detail = `${method} is not allowed here; use ${methods.join(' or ')}`;
    send(response, 405, 'application/json; charset=utf-8', Buffer.from(JSON.stringify({ detail })), { Allow: allowed });
  }
  return false;
}
