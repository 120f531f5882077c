import { z } from 'zod';

const count = (value: number, text: string) => z.number().int().positive().default(value).describe(text);

/** @internal */
export const LIMITS_SCHEMA = z
  .strictObject({
    maxBodyBytes: count(16 * 1024 * 1024, 'Body of one request, in bytes'),
    maxPublish: count(20_000, 'Connections in one publication or retraction'),
    maxPartitions: count(1000, 'Partitions at a time'),
    maxConnections: count(500_000, 'Connections at a time in all partitions; expired ones give way first'),
    maxNameLength: count(1024, 'Characters of a partition, uid or data type'),
    maxUriLength: count(4096, 'Characters of a uri'),
    maxPatternLength: count(1024, 'Characters of a pattern'),
    maxPatternSteps: count(2_000_000, 'Work of one lookup by a pattern, in steps of about a character each'),
    maxResults: count(200_000, 'Connections in one reply'),
    maxReplyCacheBytes: z
      .number()
      .int()
      .nonnegative()
      .default(32 * 1024 * 1024)
      .describe('Memory for replies kept until what they show changes, in bytes; 0 keeps none'),
    maxHistory: count(65_536, 'Changes kept for watchers that resume'),
    maxWatchers: count(1000, 'Watches at a time'),
    maxBufferedBytes: count(
      64 * 1024,
      'Bytes that wait for one watcher, roughly; more are made when it has taken them',
    ),
  })
  .prefault({});

/** Every limit; what passes one is refused with a 4xx that names it. */
export type ConnectivityLimits = z.output<typeof LIMITS_SCHEMA>;
