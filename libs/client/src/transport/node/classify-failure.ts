import { thrownText } from '@millrace/protocol';
import { ClientError } from '../../errors/client.error.js';
import {
  ConnectionRefusedError,
  ConnectTimeoutError,
  ExpiredCertificateError,
  HostNotFoundError,
  InvalidServerCertificateError,
  ProtocolError,
  ServiceUnavailableError,
  UntrustedAuthorityError,
  WrongHostNameError,
} from '../../errors/connection.errors.js';

const UNREACHABLE = new Set(['EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL']);

/** Verdicts of OpenSSL on a chain that do not begin with `CERT_` or `ERR_`. */
const CHAIN =
  /^(UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CERT_|CRL_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH|ERROR_IN_CERT_)/;

const OUT_OF_DATE = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
const FOREIGN = new Set(['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH']);
const UNTRUSTED = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_UNTRUSTED',
]);

/** Which error a failed handshake is (rpc§10.3). */
export function classifyFailure(error: Error): ClientError {
  if (error instanceof ClientError) return error;
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  const reason = describe(error);
  const options = { cause: error };
  if (OUT_OF_DATE.has(code)) return new ExpiredCertificateError(reason, options);
  if (FOREIGN.has(code)) return new WrongHostNameError(reason, options);
  if (UNTRUSTED.has(code)) return new UntrustedAuthorityError(reason, options);
  if (CHAIN.test(code) || code.startsWith('ERR_TLS_') || code.startsWith('ERR_SSL_') || code === 'EPROTO')
    return new InvalidServerCertificateError(reason, options);
  if (code === 'ECONNREFUSED') return new ConnectionRefusedError(reason, options);
  if (code === 'ENOTFOUND' || code === 'ENODATA') return new HostNotFoundError(reason, options);
  if (code === 'ETIMEDOUT') return new ConnectTimeoutError(reason, options);
  if (UNREACHABLE.has(code) || code.startsWith('EAI_') || syscall === 'connect' || syscall === 'getaddrinfo')
    return new ServiceUnavailableError(reason, options);
  return new ProtocolError(reason, options);
}

function describe(error: Error): string {
  // A host with several addresses gives an error without text of its own, one inner error for each.
  if (error instanceof AggregateError) {
    return error.errors.map(thrownText).join('; ') || 'The connection failed';
  }
  if (error.message === 'socket hang up')
    return 'The connection was ended before an answer came; is it a port for TLS?';
  // OpenSSL's texts end in a line break and begin with a thread number.
  const ssl = /:SSL routines:[^:]*:([^:]+):/.exec(error.message)?.[1];
  if (ssl === 'wrong version number') return 'TLS handshake failed: the port does not speak TLS';
  return ssl ? `TLS handshake failed: ${ssl}` : error.message.trim() || 'The connection failed';
}
