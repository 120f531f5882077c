import { InvalidServerCertificateError } from '../../errors/certificate.errors.js';
import { ConfigurationError } from '../../errors/client.error.js';
import { nodeSources } from '../../profiles/node/node-sources.js';
import { CaBundleError } from '../../profiles/target.errors.js';
import type { MethodShapes, UntypedMethods } from '../../rpc/method-types.js';
import { nodeTransport } from '../../transport/node/node-transport.js';
import { trustedAuthorities } from '../../transport/node/trusted-authorities.js';
import type { TlsSettings } from '../../transport/socket.interface.js';
import { type ConnectArguments, connectBy, readArguments } from '../connect-by.js';
import type { Millrace } from '../millrace.js';

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

/** Reads whom to trust, so that a bad file is told from a bad server. @throws CaBundleError */
export async function checkTrust(tls: TlsSettings): Promise<void> {
  if (tls.caFile === undefined && tls.caPath === undefined && tls.caData === undefined) return;
  try {
    await trustedAuthorities(tls);
  } catch (error) {
    const place = tls.caFile ?? tls.caPath ?? 'the given text';
    if (error instanceof ConfigurationError)
      throw new CaBundleError(error.setting, place, 'cannot be read', { cause: error });
    if (error instanceof InvalidServerCertificateError)
      throw new CaBundleError('tls', place, 'holds no certificate', { cause: error });
    throw error;
  }
}
