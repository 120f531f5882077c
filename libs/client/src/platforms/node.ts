import { ConfigurationError } from '../errors/client.error.js';
import { InvalidServerCertificateError } from '../errors/connection.errors.js';
import { type ConnectArguments, connectBy, readArguments } from '../millrace/connect-by.js';
import type { Millrace } from '../millrace/millrace.js';
import { nodeSources } from '../profiles/node/node-sources.js';
import { CaBundleError } from '../profiles/target.errors.js';
import { BaseConnector } from '../rpc/connector.js';
import type { RpcConnectorOptions } from '../rpc/connector-options.js';
import type { MethodShapes, UntypedMethods } from '../rpc/method-types.js';
import { BaseStreams, type StreamsOptions } from '../streams/streams.js';
import { nodeTransport } from '../transport/node/node-transport.js';
import { trustedAuthorities } from '../transport/node/trusted-authorities.js';
import { wsDialer } from '../transport/node/ws-dialer.js';
import type { TlsSettings } from '../transport/socket.interface.js';

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
async function checkTrust(tls: TlsSettings): Promise<void> {
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

/**
 * Settings of a server and of the attempts to reach it. Holds no connection: `connect()` may be called any number of times.
 *
 * @example
 * ```ts
 * const connector = new Connector({ uri: 'localhost:5000', maxAttempts: 10 });
 * await using instance = await connector.connect();
 * ```
 * @publicApi
 */
export class Connector<Methods extends MethodShapes<Methods> = UntypedMethods> extends BaseConnector<Methods> {
  /** @throws ConfigurationError naming the bad setting */
  constructor(options: RpcConnectorOptions) {
    super(options, wsDialer);
  }
}

/**
 * The streams of a Millrace server, reached without `connect()`.
 *
 * @example
 * ```ts
 * const streams = new Streams({ url: 'http://localhost:7890', token });
 * for await (const { id, data } of streams.pull('camera', { after: '0' })) console.log(id, data.length);
 * ```
 * @publicApi
 */
export class Streams extends BaseStreams {
  constructor(options: StreamsOptions) {
    super(options, nodeTransport());
  }
}
