import { bytesSchema, countSchema, MAX_BUFFERED_BYTES, type SettingsOf, withUnit } from '@millrace/core/options';
import { z } from 'zod';

/** @internal */
export const LIMITS = {
  /** Body of one request; 413 above it. */
  maxBodyBytes: bytesSchema.default(16 * 1024 * 1024),
  /** Connections in one publication or retraction; 413 above it. */
  maxPublish: countSchema.default(20_000),
  /** Partitions at a time; 429 above it, after expired ones have given way. */
  maxPartitions: countSchema.default(1000),
  /** Connections at a time in all partitions; 429 above it, after expired ones have given way. */
  maxConnections: countSchema.default(500_000),
  /** Characters of a partition, uid or data type; 400 above it. */
  maxNameLength: countSchema.default(1024),
  /** Characters of a uri; 400 above it. */
  maxUriLength: countSchema.default(4096),
  /** Characters of a pattern; 400 above it. */
  maxPatternLength: countSchema.default(1024),
  /** Work of one lookup by a pattern, in steps of about a character each; 400 above it. */
  maxPatternSteps: countSchema.default(2_000_000),
  /** Connections in one reply; 413 above it. */
  maxResults: countSchema.default(200_000),
  /** Memory for replies that are kept until what they show changes; 0 keeps none. */
  maxReplyCacheBytes: withUnit(z.number().int().nonnegative(), 'bytes').default(32 * 1024 * 1024),
  /** Changes kept for watchers that resume; who missed more gets a `gap` and a new `snapshot`. */
  maxHistory: countSchema.default(65_536),
  /** Watches at a time; 429 above it. */
  maxWatchers: countSchema.default(1000),
  /** Bytes waiting in the send buffer of one watcher, roughly, above which nothing more is produced for it. */
  maxBufferedBytes: bytesSchema.default(MAX_BUFFERED_BYTES.watcher),
};

/** Every limit, with the defaults filled in. */
export type ConnectivityLimits = SettingsOf<typeof LIMITS>;
