import { UsageError } from '../errors/usage.error.js';

/** @throws UsageError when a stream cannot have the name (stream-store§1) */
export function checkStreamName(name: string): string {
  if (name === '' || name === '*' || /[+/]/.test(name))
    throw new UsageError(
      `The name of a stream must not be empty or "*", and have no "+" and "/" in it; it is "${name}"`,
    );
  return name;
}
