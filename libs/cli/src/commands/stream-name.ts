import { UsageError } from '../errors/usage.error.js';

/** @throws UsageError when no stream can have the name (stream-store§1) */
export function checkStreamName(name: string): string {
  if (name === '' || name === '*' || /[+/]/.test(name))
    throw new UsageError(`"${name}" cannot be the name of a stream: it is empty, "*", or has "+" or "/" in it`);
  return name;
}
