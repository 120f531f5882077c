import type { PatienceOptions } from '../link/link-settings.js';
import type { ConnectionPreset } from '../profiles/preset.js';
import type { ConnectionSources } from '../profiles/connection-settings.js';
import type { RpcConnectorOptions } from '../rpc/connector-options.js';
import type { CallLimits } from '../timing/call-limits.js';
import type { Dialer, TlsSettings } from '../transport/socket.interface.js';

/** Name and password of a user. */
export interface LoginCredentials {
  name: string;
  password: string;
}

/** Options of `login()`. */
export interface LoginOptions extends CallLimits {
  /**
   * Leave the token to the browser, as a cookie that no script can read: it is not kept here, and stands in no address of a
   * socket. Requests and sockets carry the cookie by themselves, those to the page's own server.
   *
   * @default false
   */
  cookie?: boolean;
}

/** What the RPC client of a {@link Millrace} may be told. */
export type RpcOptions = Partial<
  Pick<
    RpcConnectorOptions,
    'logger' | 'requestTimeout' | 'closeTimeout' | 'failAllOnGeneralError' | 'maxMessageBytes' | 'maxLoggedFrame'
  >
> & {
  /** Path of the JSON-RPC endpoint. @default '/rpc' */
  path?: string;
};

/** Options of `connect()`. What is left out comes from the environment or a profile. */
export interface MillraceOptions extends Omit<PatienceOptions, 'maxAttempts'> {
  /** `host:port`, a URL, or several of them (a list, or joined by commas). */
  endpoint?: string | readonly string[] | null;
  /** API key; only for TLS endpoints. */
  apiKey?: string | null;
  /** Token of `POST /token`, instead of a key. */
  token?: string;
  /** Asks the server for a token at the beginning. */
  login?: LoginCredentials;
  /** Name of a profile in the credentials file: used alone, whatever else is set. */
  profile?: string | null;
  /** `true` or `false`: whether to use TLS; settings: TLS, and whom to trust instead of the usual authorities. */
  tls?: boolean | TlsSettings;
  /** Send a profile's key also to another host than the profile's. @default false */
  keyForOtherHosts?: boolean;
  /** Send an API key on plain connections too; servers of Millrace refuse it there. @default false */
  keyInClear?: boolean;
  /** The rules by which the server is found. @default DEFAULT_PRESET */
  preset?: ConnectionPreset;
  /** Where settings come from besides the options. @default in Node the environment and the home directory; in browsers nothing */
  sources?: ConnectionSources;
  /** Rounds through the endpoints before `connect()` gives up; null: without end. @default 1 */
  maxAttempts?: number | null;
  /** Rounds before a push, pull or watch that was cut gives up; null: without end. @default null */
  maxReconnects?: number | null;
  /** Ask the server for its information at the beginning, so that `connect()` fails when nobody is there. @default true */
  check?: boolean;
  /** Ends `connect()` with its reason; no socket or timer is left. */
  signal?: AbortSignal;
  /** Hears what a user should know, for example that a profile's key was kept back. @default console.warn */
  onWarning?: (warning: string) => void;
  /** Settings of the RPC client. */
  rpc?: RpcOptions;
  /** Opens the sockets. @default the `ws` package in Node, the native WebSocket in browsers */
  dial?: Dialer;
}
