import { InterruptedError } from './cli.errors.js';

/**
 * What the command ends with. Numbers are stable across releases.
 *
 * @publicApi
 */
export const EXIT = Object.freeze({
  /** Done. Also when the reader of standard output has gone: it has all it wanted. */
  done: 0,
  /** Something unforeseen: a fault of the command itself. */
  unforeseen: 1,
  /** The arguments cannot be understood. */
  usage: 2,
  /** No server is named, or a profile, a credentials file, a certificate bundle or a setting is wrong. */
  configuration: 3,
  /** The server cannot be reached, does not answer in time, or its certificate is not trusted. */
  connection: 4,
  /** The server refuses the credential, or wants one (401, 403). */
  refused: 5,
  /** The server failed, or answered with an error of its own (5xx, a JSON-RPC error, a broken answer). */
  server: 6,
  /** What was asked for is not there, or cannot be done (404 and other 4xx). */
  rejected: 7,
  /** A file of this machine cannot be read or written. */
  file: 8,
  /** Ended by Ctrl-C (SIGINT). */
  interrupted: 130,
  /** Ended by SIGTERM. */
  terminated: 143,
});

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
  DATA_FOLDER: EXIT.rejected,
  READER_GONE: EXIT.done,
};

/** Close codes by which a server refuses a credential. */
const REFUSING_CLOSE_CODES = new Set([3000, 3003]);

/** The exit code that tells a program what kind of failure this was. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof Error)) return EXIT.unforeseen;
  if (error instanceof InterruptedError) return error.signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
  const { code, status, closeCode, path, syscall } = error as Error &
    Partial<Record<'code' | 'status' | 'closeCode' | 'path' | 'syscall', unknown>>;
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
