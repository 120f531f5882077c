import { ClientError } from '../../errors/client.error.js';
import { InvalidServerCertificateError } from '../../errors/invalid-server-certificate.error.js';
import { ProtocolError } from '../../errors/protocol.error.js';
import { ServiceUnavailableError } from '../../errors/service-unavailable.error.js';

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ETIMEDOUT',
  'EADDRNOTAVAIL',
  'ENOTFOUND',
  'ENODATA',
]);

/** Verdicts of OpenSSL on a chain that do not begin with `CERT_` or `ERR_`. */
const CHAIN =
  /^(UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CERT_|CRL_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH|ERROR_IN_CERT_)/;

/** Which error a failed handshake is (rpc protocol, section 10.3). */
export function classifyFailure(error: Error): ClientError {
  if (error instanceof ClientError) return error;
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  const reason = describe(error);
  const options = { cause: error };
  if (CHAIN.test(code) || code.startsWith('ERR_TLS_') || code.startsWith('ERR_SSL_') || code === 'EPROTO')
    return new InvalidServerCertificateError(reason, options);
  if (UNREACHABLE.has(code) || code.startsWith('EAI_') || syscall === 'connect' || syscall === 'getaddrinfo')
    return new ServiceUnavailableError(reason, options);
  return new ProtocolError(reason, options);
}

function describe(error: Error): string {
  // A host with several addresses gives an error without text of its own, one inner error for each.
  if (error instanceof AggregateError) {
    const inner = error.errors.map((one: unknown) => (one instanceof Error ? one.message : String(one)));
    return inner.join('; ') || 'The connection failed';
  }
  // OpenSSL's texts end in a line break and begin with a thread number.
  const ssl = /:SSL routines:[^:]*:([^:]+):/.exec(error.message)?.[1];
  return ssl ? `TLS handshake failed: ${ssl}` : error.message.trim() || 'The connection failed';
}
