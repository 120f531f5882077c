import type { ServerVersion } from '@millrace/protocol';
import { VersionError } from '../errors/call.errors.js';

/**
 * Asks the server for its version and compares.
 *
 * @param expected `major.minor.patch`
 * @throws VersionError when they differ
 */
export async function checkVersion(
  instance: { request(method: 'get-version'): Promise<unknown> },
  expected: string,
): Promise<ServerVersion> {
  const version = (await instance.request('get-version')) as ServerVersion;
  const remote = `${version.major}.${version.minor}.${version.patch}`;
  if (remote !== expected) throw new VersionError(expected, remote);
  return version;
}
