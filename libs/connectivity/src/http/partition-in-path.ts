import { MillraceError } from '@millrace/core/errors';
import type { ConnectivityLimits } from '../connectivity.limits.js';
import { type HttpRequest, pathOf } from './http-types.js';
import { checkPartition } from './members.js';

/**
 * The partition behind `/getconnection/`, percent-decoded; `+` stays a plus sign (connectivity#13).
 *
 * It is read from the path as sent: the routers of Express and Fastify differ in length limits and in slashes.
 */
export function partitionInPath(request: HttpRequest, limits: ConnectivityLimits): string {
  const path = pathOf(request);
  const [, raw] = /\/getconnection\/([^/]+)$/.exec(path) ?? [];
  if (raw === undefined) throw new MillraceError('NOT_FOUND', `There is nothing at ${path}`);
  return decodePartition(raw, limits);
}

/** @throws MillraceError `BAD_REQUEST` */
export function decodePartition(raw: string, limits: ConnectivityLimits): string {
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
