import { durationSchema } from '@millrace/core/options';
import type { Duration, ServerVersion } from '@millrace/protocol';
import { z } from 'zod';
import { DEFAULT_ENGINE_SETTINGS } from './engine/rpc-limits.js';

export interface RpcModuleOptions {
  /** Paths on which WebSockets are served; empty for none. @default ['/rpc'] */
  paths?: readonly string[];
  /** Path of HTTP POST, false for none. It takes no part in the host's global prefix. @default '/rpc' */
  http?: string | false;
  /** Path of the plain liveness answer `Ok`, false for none. @default '/healthz' */
  healthz?: string | false;
  /** Serves without credentials even where an `AuthModule` closes everything else. @default false */
  public?: boolean;
  /** What `get-version` answers. @default 0.0.0 */
  version?: Partial<ServerVersion>;
  /** Title and description of the `rpc.discover` document. */
  info?: { title?: string; version?: string; description?: string };
  /** Allows the method `quit`: runs after its answer was written, for example `() => process.kill(process.pid, 'SIGTERM')`. @default none */
  onQuit?: () => void | Promise<void>;
  /** Adds `rpc.on` and `rpc.off`, by which clients subscribe to topics of `RpcTopics`. @default false */
  topics?: boolean;
  /** Tells callers the text of unforeseen exceptions; it may hold secrets. @default false */
  exposeErrors?: boolean;
  /** Answers requests with `"id": null`, as the specification has it; the reference client is hurt by that. @default false */
  answerNullIds?: boolean;
  /** Takes `{}` and `[]` for methods without params. @default false */
  lenientParams?: boolean;
  /** Shortest time between two progress messages of a call. @default 0 */
  progressInterval?: Duration;
  /** Clients at a time; a further handshake waits until a place is free (rpc§1.5). @default none */
  maxClients?: number;
  /** Most entries of a batch. @default 1000 */
  maxBatch?: number;
  /** Calls of one client that run at a time; more wait. @default 256 */
  maxRunningCalls?: number;
  /** Calls of one client that wait; further ones get -32029. @default 10000 */
  maxWaitingCalls?: number;
  /** Deepest nesting of a message. @default 4000 */
  maxDepth?: number;
  /** Largest WebSocket message in bytes, binary payload included; a longer one closes the socket with 1009. @default 134217728 */
  maxMessageBytes?: number;
  /** Longest JSON text in characters, and largest HTTP body in bytes. @default 16777216 */
  maxTextLength?: number;
  /** Bytes waiting for a slow reader above which no more of its requests are read, and progress is dropped. @default 1048576 */
  highWaterMark?: number;
  /** Bytes waiting for a slow reader above which its socket is closed with 1013. @default 67108864 */
  maxBufferedBytes?: number;
  /** How long a slow reader may take nothing before its socket is closed with 1013. @default '30s' */
  slowReaderTimeout?: Duration;
}

const count = (fallback: number) => z.number().int().positive().default(fallback);
const path = z.string().startsWith('/');

export const RPC_OPTIONS_SCHEMA = z.strictObject({
  paths: z.array(path).readonly().default(['/rpc']),
  http: z.union([path, z.literal(false)]).default('/rpc'),
  healthz: z.union([path, z.literal(false)]).default('/healthz'),
  public: z.boolean().default(false),
  version: z
    .strictObject({
      major: z.number().int().nonnegative().default(0),
      minor: z.number().int().nonnegative().default(0),
      patch: z.number().int().nonnegative().default(0),
      revision: z.string().default(''),
    })
    .default({ major: 0, minor: 0, patch: 0, revision: '' }),
  info: z
    .strictObject({ title: z.string().optional(), version: z.string().optional(), description: z.string().optional() })
    .default({}),
  onQuit: z.custom<() => void | Promise<void>>((value) => typeof value === 'function', 'give a function').optional(),
  topics: z.boolean().default(false),
  exposeErrors: z.boolean().default(false),
  answerNullIds: z.boolean().default(DEFAULT_ENGINE_SETTINGS.answerNullIds),
  lenientParams: z.boolean().default(DEFAULT_ENGINE_SETTINGS.lenientParams),
  progressInterval: durationSchema.default(DEFAULT_ENGINE_SETTINGS.progressInterval),
  maxClients: z.number().int().positive().optional(),
  maxBatch: count(DEFAULT_ENGINE_SETTINGS.maxBatch),
  maxRunningCalls: count(DEFAULT_ENGINE_SETTINGS.maxRunningCalls),
  maxWaitingCalls: count(DEFAULT_ENGINE_SETTINGS.maxWaitingCalls),
  maxDepth: count(DEFAULT_ENGINE_SETTINGS.maxDepth),
  maxMessageBytes: count(128 * 1024 * 1024),
  maxTextLength: count(DEFAULT_ENGINE_SETTINGS.maxTextLength),
  highWaterMark: count(1024 * 1024),
  maxBufferedBytes: count(64 * 1024 * 1024),
  slowReaderTimeout: durationSchema.default(30_000),
});

/** The options of the module with their defaults filled in. */
export type RpcSettings = z.output<typeof RPC_OPTIONS_SCHEMA>;
