import { EXIT } from '../exit-codes.js';
import { InterruptedError } from './interrupted.error.js';

/** By the codes of errors, which are stable; a class may come from another copy of the client. */
const BY_CODE: Readonly<Record<string, number>> = {
  USAGE: EXIT.usage,
  INVALID_ACCOUNT: EXIT.usage,
  INVALID_OPTIONS: EXIT.configuration,
  INVALID_FILE: EXIT.configuration,
  INVALID_ADDRESS: EXIT.configuration,
  AMBIGUOUS_TARGET: EXIT.configuration,
  INVALID_CA_BUNDLE: EXIT.configuration,
  CREDENTIALS_FILE_NOT_FOUND: EXIT.configuration,
  INVALID_CREDENTIALS_FILE: EXIT.configuration,
  INSECURE_KEY: EXIT.configuration,
  NO_ENDPOINT: EXIT.configuration,
  PROFILE_NOT_FOUND: EXIT.configuration,
  PROFILE_WITHOUT_ENDPOINT: EXIT.configuration,
  UNAVAILABLE: EXIT.connection,
  CONNECTION_REFUSED: EXIT.connection,
  HOST_NOT_FOUND: EXIT.connection,
  CONNECT_TIMEOUT: EXIT.connection,
  INVALID_CERTIFICATE: EXIT.connection,
  WRONG_HOST_NAME: EXIT.connection,
  CERTIFICATE_EXPIRED: EXIT.connection,
  UNTRUSTED_AUTHORITY: EXIT.connection,
  CONNECTION_CLOSED: EXIT.connection,
  TIMED_OUT: EXIT.connection,
  PROTOCOL_ERROR: EXIT.server,
  QUERY_FAILED: EXIT.server,
  NOT_FOUND: EXIT.rejected,
  READER_GONE: EXIT.done,
};

/** Close codes by which a server refuses a credential. */
const REFUSING_CLOSE_CODES = new Set([3000, 3003]);

interface Coded {
  readonly code?: unknown;
  readonly status?: unknown;
  readonly closeCode?: unknown;
  readonly path?: unknown;
  readonly syscall?: unknown;
}

/** The exit code that tells a program what kind of failure this was. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof Error)) return EXIT.unforeseen;
  if (error instanceof InterruptedError) return error.signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
  const { code, status, closeCode, path, syscall } = error as Coded;
  if (typeof status === 'number') return byStatus(status);
  if (typeof closeCode === 'number') return REFUSING_CLOSE_CODES.has(closeCode) ? EXIT.refused : EXIT.server;
  // A JSON-RPC error has the server's number.
  if (typeof code === 'number') return EXIT.server;
  if (typeof code !== 'string') return EXIT.unforeseen;
  if (Object.hasOwn(BY_CODE, code)) return BY_CODE[code] ?? EXIT.unforeseen;
  return typeof path === 'string' || typeof syscall === 'string' ? EXIT.file : EXIT.unforeseen;
}

function byStatus(status: number): number {
  if (status === 401 || status === 403) return EXIT.refused;
  return status >= 400 && status < 500 ? EXIT.rejected : EXIT.server;
}
