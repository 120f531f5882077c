import {
  bytesSchema,
  countSchema,
  defineOptions,
  durationSchema,
  MAX_BUFFERED_BYTES,
  type OptionsOf,
  type SettingsOf,
  timeoutSchema,
} from '@millrace/core/options';
import { z } from 'zod';

const pathSchema = z.string().startsWith('/', 'must begin with "/"');
const versionPart = z.number().int().nonnegative().default(0);

const shape = {
  /** Paths on which WebSockets are served; empty for none. */
  paths: z.array(pathSchema).readonly().default(['/rpc']),
  /** Path of HTTP POST, `false` for none. */
  http: z.union([pathSchema, z.literal(false)]).default('/rpc'),
  /** Path of the plain liveness answer `Ok`, `false` for none. */
  healthz: z.union([pathSchema, z.literal(false)]).default('/healthz'),
  /** Leave routes and sockets at their paths where the host has a global prefix. */
  ignoreGlobalPrefix: z.boolean().default(false),
  /** Serves without credentials even where an `AuthModule` closes everything else. */
  public: z.boolean().default(false),
  version: {
    /** First number of what `get-version` answers. */
    major: versionPart,
    /** Second number of what `get-version` answers. */
    minor: versionPart,
    /** Third number of what `get-version` answers. */
    patch: versionPart,
    /** Commit the server was built from. @default empty */
    revision: z.string().default(''),
  },
  info: {
    /** Title of the `rpc.discover` document. @default `RPC methods` */
    title: z.string().optional(),
    /** Version of that document. @default that of `version` */
    version: z.string().optional(),
    /** Description in that document. */
    description: z.string().optional(),
  },
  /**
   * Allows the method `quit`: runs after its answer was written, for example `() => process.kill(process.pid, 'SIGTERM')`.
   */
  onQuit: z.custom<() => void | Promise<void>>((value) => typeof value === 'function', 'must be a function').optional(),
  /** Adds `rpc.on` and `rpc.off`, by which clients subscribe to topics of `RpcTopics`. */
  topics: z.boolean().default(false),
  /** Sends callers the text of unforeseen exceptions, which may hold secrets. */
  exposeErrors: z.boolean().default(false),
  /** Answers requests with `"id": null`, as the specification says; the reference client cannot cope with such replies. */
  answerNullIds: z.boolean().default(false),
  /** Takes `{}` and `[]` for methods without params. */
  lenientParams: z.boolean().default(false),
  /** Shortest time between two progress messages of a call. */
  progressInterval: durationSchema.default(0),
  /** Clients at a time; a further handshake waits until a place is free. */
  maxClients: countSchema.optional(),
  /** Entries of a batch; -32600 above it. */
  maxBatch: countSchema.default(1000),
  /** Calls of one client that run at a time; more wait. */
  maxRunningCalls: countSchema.default(256),
  /** Calls of one client that wait; further ones get -32029. */
  maxWaitingCalls: countSchema.default(10_000),
  /** Depth of nesting of a message; -32600 above it. */
  maxDepth: countSchema.default(4000),
  /** One WebSocket message, binary payload included; a longer one closes the socket with 1009. */
  maxMessageBytes: bytesSchema.default(128 * 1024 * 1024),
  /** Characters of one JSON text, and bytes of one HTTP body (413 above it). */
  maxTextLength: countSchema.default(16 * 1024 * 1024),
  /** Bytes waiting in the send buffer of one client, above which its requests are not read and its progress is dropped. */
  maxBufferedBytes: bytesSchema.default(MAX_BUFFERED_BYTES.caller),
  /** Bytes waiting in the send buffer of one client, above which its socket is closed with 1013. */
  maxUnreadBytes: bytesSchema.default(64 * 1024 * 1024),
  /** How long a client may take nothing of what waits for it before its socket is closed with 1013. */
  stallTimeout: timeoutSchema.default(30_000),
};

/** @internal */
export const RPC_OPTIONS = defineOptions('RpcModule', shape);

/** Options of `RpcModule.forRoot()`. */
export interface RpcModuleOptions extends OptionsOf<typeof shape> {}

/** The options with every default filled in; times in milliseconds. */
export type RpcSettings = SettingsOf<typeof shape>;
