/**
 * What a key of ours has in it, whatever stands before: a prefix of the driver, or that of BullMQ.
 *
 * - `{millrace:<area>}:…` of the registry, API keys, users and whatever else has an area; and the queues below `{millrace:outbox}`
 * - `millrace:floor:…`, `millrace:group:…`, `millrace:producer:…`, `millrace:producers:…`, `millrace:positions:…`, `millrace:{owners}:…`, `millrace:removals` and `XMETA:…` of the stream store
 * - `…:millrace-outbox-…` of the queues that BullMQ keeps for sources
 */
const OWN_KEY =
  /\{millrace:|millrace:(?:floor:|group:|positions:|producers?:|\{owners\}:|removals$)|XMETA:|:millrace-outbox-/;

/**
 * Whether a key has the form of one that a module of ours keeps, with any prefix. Where names of users become keys, such a key
 * must not come of it: by its type or content it would end the module that owns it, on every instance.
 */
export function isOwnKey(key: string): boolean {
  return OWN_KEY.test(key);
}
