/**
 * A file or folder that another process, or another part of this one, holds. The message says who, and what to do.
 *
 * @publicApi
 */
export class FileHeldError extends Error {
  override readonly name = 'FileHeldError';
  readonly code = 'EBUSY';

  constructor(
    message: string,
    /** What is held. */
    readonly path: string,
  ) {
    super(message);
  }
}
