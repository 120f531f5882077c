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
