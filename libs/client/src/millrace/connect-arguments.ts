import type { MillraceOptions } from './millrace-options.js';

/** What `connect()` can be called with. */
export type ConnectArguments =
  [endpoint?: string | readonly string[] | null, options?: MillraceOptions] | [options: MillraceOptions];

/** Brings both forms into one. */
export function readArguments([first, second]: ConnectArguments): MillraceOptions {
  if (isOptions(first)) return first;
  return first === undefined || first === null ? { ...second } : { ...second, endpoint: first };
}

function isOptions(value: ConnectArguments[0]): value is MillraceOptions {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
