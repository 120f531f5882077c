import { parseDuration } from '@millrace/protocol';
import { z } from 'zod';
import { withUnit } from './option-meta.js';

/** A number of things, at least 1. */
export const countSchema = z.number().int().positive();

/** A number of bytes, at least 1; tables show it as `16 MiB`. */
export const bytesSchema = withUnit(z.number().int().positive(), 'bytes');

/** Schema of a duration option; its output is milliseconds. */
export const durationSchema = withUnit(
  z.union([z.number(), z.string()]).transform((value, context) => {
    const milliseconds = parseDuration(value);
    if (milliseconds !== undefined) return milliseconds;
    context.addIssue({
      code: 'custom',
      message: 'give milliseconds, or text such as "250ms", "10s", "5m", "2h" or "30d"',
    });
    return z.NEVER;
  }),
  'milliseconds',
);

/** Schema of a duration that must be above 0: a deadline, or a pause, that would be over at once makes no sense. */
export const timeoutSchema = durationSchema.refine((milliseconds) => milliseconds > 0, 'must be above 0');

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
