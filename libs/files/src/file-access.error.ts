import { resolve } from 'node:path';

const FULL = 'the disk is full; make room on it, and try again';
const NO_RIGHTS = 'the user that runs this process has no right to it; give it the right, or choose another place';
const NO_FOLDER = 'there is a file, or a link that leads nowhere, where a folder must be; choose another place';

/** What the system refuses, why, and what to do. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EROFS: 'the file system is read-only; mount it for writing, or choose another place',
  EACCES: NO_RIGHTS,
  EPERM: NO_RIGHTS,
  EEXIST: NO_FOLDER,
  ENOTDIR: NO_FOLDER,
  EISDIR: 'there is a folder where a file must be; move it away',
  ELOOP: 'there is a symbolic link where a file must be; remove the link',
  EBUSY: 'it is mounted by itself, so it cannot be replaced; mount its folder instead',
  EIO: 'the disk fails',
  ENAMETOOLONG: 'the name is too long',
};

/**
 * A file or folder that cannot be used as it has to be. The message says why, and what to do; `code` is that of the system.
 *
 * @publicApi
 */
export class FileAccessError extends Error {
  override readonly name = 'FileAccessError';

  constructor(
    readonly path: string,
    readonly code: string,
    /** Without the path, for those who may not know it. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${resolve(path)} cannot be used: ${reason}`, options);
  }
}

/** Why the system refuses something, and what to do; undefined for other errors. */
export function whyRefused(error: unknown): string | undefined {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return code !== undefined && Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
}

/** The error of the system as one that people understand, where it is known; others as they are. */
export function fileError(error: unknown, path: string): unknown {
  if (error instanceof FileAccessError) return error;
  const reason = whyRefused(error);
  const { code = '' } = (error ?? {}) as NodeJS.ErrnoException;
  return reason === undefined ? error : new FileAccessError(path, code, reason, { cause: error });
}

/** Does something with a file. @throws FileAccessError */
export function withFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fileError(error, path);
  }
}
