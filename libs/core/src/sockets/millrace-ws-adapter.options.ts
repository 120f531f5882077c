import type { WebSocketAdapter } from '@nestjs/common';
import { z } from 'zod';
import { defineOptions, type OptionsOf, type SettingsOf } from '../options/define-options.js';
import { countSchema, durationSchema, timeoutSchema } from '../options/units.js';

const shape = {
  /**
   * Takes the host's own gateways, for example `new IoAdapter(app)` of Socket.IO.
   *
   * A gateway that stays with `ws` says `{ adapter: 'millrace' }` in its `@WebSocketGateway` options.
   */
  fallback: z.custom<WebSocketAdapter>().optional(),
  /** How long guards and `handshake` may take; then the answer is 503. */
  handshakeTimeout: timeoutSchema.default(10_000),
  /** Sockets on Millrace endpoints at a time; further handshakes get a 503. */
  maxConnections: countSchema.default(9000),
  /**
   * Sockets and handshakes of one address at a time, those of the host's gateways too; further ones get a 429. An address of IPv6
   * stands for its network (/64).
   */
  maxConnectionsPerAddress: countSchema.default(3000),
  /** Pause between pings of one socket; 0 sends none. */
  pingInterval: durationSchema.default(20_000),
  /** How long a peer may stay silent after a ping before its socket ends. */
  pingTimeout: timeoutSchema.default(20_000),
  /**
   * How long everything goes on after the health has said no, before a shutdown of the whole application begins: load balancers
   * look away meanwhile.
   */
  shutdownDelay: durationSchema.default(0),
  /** How long a shutdown of the whole application waits for work under way, and for clients to close. */
  shutdownTimeout: durationSchema.default(5000),
};

export const MILLRACE_WS_ADAPTER_OPTIONS = defineOptions('MillraceWsAdapter', shape);

export interface MillraceWsAdapterOptions extends OptionsOf<typeof shape> {}
export type MillraceWsAdapterSettings = SettingsOf<typeof shape>;
