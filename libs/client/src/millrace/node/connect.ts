import { nodeSources } from '../../profiles/node/node-sources.js';
import type { MethodShapes, UntypedMethods } from '../../rpc/method-types.js';
import { nodeTransport } from '../../transport/node/node-transport.js';
import { readArguments, type ConnectArguments } from '../connect-arguments.js';
import { connectBy } from '../connect-by.js';
import type { Millrace } from '../millrace.js';
import { checkTrust } from './check-trust.js';

/**
 * Finds a server by profile, environment and arguments, reaches it, and proves who this is.
 *
 * @example
 * ```ts
 * await using millrace = await connect(); // profile, then environment, then arguments
 * const { build } = await millrace.info();
 * ```
 * @throws the errors of `resolveConnection`; ServiceUnavailableError (ConnectionRefusedError, HostNotFoundError,
 *   ConnectTimeoutError) when nobody answers; InvalidServerCertificateError (WrongHostNameError, ExpiredCertificateError,
 *   UntrustedAuthorityError); UnauthenticatedError, ForbiddenError when the credential is refused; the signal's reason
 * @publicApi
 */
export function connect<Methods extends MethodShapes<Methods> = UntypedMethods>(
  ...given: ConnectArguments
): Promise<Millrace<Methods>> {
  return connectBy<Methods>({ transport: nodeTransport, sources: nodeSources, checkTrust }, readArguments(given));
}
