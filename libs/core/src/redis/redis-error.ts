import { MillraceError } from '../errors/millrace.error.js';

/**
 * Turns what Redis, or the way to it, reports into one of our errors. A driver looks for what it knows first.
 *
 * @param subject who asked: `The registry`
 */
export function redisError(error: unknown, subject: string): MillraceError {
  if (error instanceof MillraceError) return error;
  return new MillraceError('UNAVAILABLE', `${subject} cannot reach Redis; try again later`, { cause: error });
}
