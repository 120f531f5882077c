/** Names a key behind a prefix. */
export type KeyNames = (name: string) => string;

/**
 * Keys of one area of ours: `<prefix>{millrace:<area>}:<name>`. The braces keep all of them on one node of a cluster, for
 * scripts that touch several at a time; what stands in them no stream has in its name.
 *
 * @param prefix the option `keyPrefix`
 * @param area what the keys belong to: `connectivity`, `api-keys`
 */
export function areaKeys(prefix: string, area: string): KeyNames {
  return (name) => `${prefix}{millrace:${area}}:${name}`;
}

/** A pattern for `SCAN` that finds every key with the prefix, whatever the prefix holds. */
export function prefixPattern(prefix: string): string {
  return `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`;
}
