/** Names a key behind a prefix. */
export type KeyNames = (name: string) => string;

/**
 * Keys of a driver whose scripts touch several at a time: `{prefix}:name`. The braces keep all of them on one node of a
 * cluster.
 */
export function taggedKeys(prefix: string): KeyNames {
  return (name) => `{${prefix}}:${name}`;
}

/** A pattern for `SCAN` that finds every key with the prefix, whatever the prefix holds. */
export function prefixPattern(prefix: string): string {
  return `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`;
}
