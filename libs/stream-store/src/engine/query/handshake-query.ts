import { MillraceError } from '@millrace/core/errors';

/** Reads what a handshake asks for; a value that does not parse refuses it with 400 (stream-store§8). */
export function handshakeQuery<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'INVALID') throw error;
    throw new MillraceError('BAD_REQUEST', error.message, {
      cause: error,
      detail: (error.getResponse() as { detail: unknown }).detail,
    });
  }
}
