const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * Defaults of every option `maxBufferedBytes`: bytes that wait in the send buffer of one peer, above which nothing more is
 * produced for it. They differ by what the peer is sent.
 */
export const MAX_BUFFERED_BYTES = Object.freeze({
  /** Entries of streams: some pairs ahead, so that a fast client never waits for the store. */
  stream: MIB,
  /** Changes of a registry: small, and many watchers at a time. */
  watcher: 64 * KIB,
  /** Publishes and queries for a connector: what passes the limit fails, so there is room for several large ones. */
  connector: 8 * MIB,
  /** Replies and progress of RPC calls. */
  caller: MIB,
});
