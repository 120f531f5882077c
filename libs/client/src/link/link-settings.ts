import type { Duration } from '@millrace/protocol';
import { ConfigurationError } from '../errors/client.error.js';
import { PATIENCE_DEFAULTS, withDefaults } from '../settings/defaults.js';
import { attempts, milliseconds } from '../settings/read-setting.js';
import type { TlsSettings } from '../transport/socket.interface.js';

/** How patiently a server is looked for. */
export interface PatienceOptions {
  /** Rounds through the endpoints, at the beginning of a push or pull and after each cut; null = without end. @default null */
  maxAttempts?: number | null;
  /** Longest pause between rounds; they begin at a fiftieth of it and double. @default '5s' */
  maxPause?: Duration;
  /** Limit of one attempt at one endpoint: address, TCP, TLS and handshake; 0: none. @default '10s' */
  connectTimeout?: Duration;
  /**
   * Makes a connection anew when nothing at all has come for so long, not even the answer to a ping, and nothing of what waits
   * for the server was taken; it is noticed up to a quarter later. 0: never. A large message on a slow line is silent in
   * neither direction. Watches live on signs of life that servers give every 15 s; browsers cannot ping, and leave it to the
   * network to notice.
   *
   * @default '60s'
   */
  silenceTimeout?: Duration;
  /** Limit of each request and its answer, unless a call gives its own; 0: none. @default '30s' */
  timeout?: Duration;
}

/** One address of the server. */
export interface LinkEndpoint {
  /** `http` or `https`, with a slash at the end. */
  readonly base: URL;
  /** As the user wrote it. */
  readonly label: string;
}

/** How patient to be, checked: attempts, and milliseconds. */
type Patience = Readonly<Record<keyof PatienceOptions, number>>;

/** Everything a link needs. */
export interface LinkSettings extends Patience {
  readonly endpoints: readonly [LinkEndpoint, ...LinkEndpoint[]];
  /** Whom to trust at `https` endpoints. */
  readonly tls: TlsSettings;
  readonly token: string | undefined;
}

/** Checks how patient to be. @throws ConfigurationError naming the bad setting */
export function readPatience(options: PatienceOptions): Patience {
  const { maxAttempts, maxPause, connectTimeout, timeout, silenceTimeout } = withDefaults(options, PATIENCE_DEFAULTS);
  return {
    maxAttempts: attempts('maxAttempts', maxAttempts),
    maxPause: milliseconds('maxPause', maxPause),
    connectTimeout: milliseconds('connectTimeout', connectTimeout),
    timeout: milliseconds('timeout', timeout),
    silenceTimeout: milliseconds('silenceTimeout', silenceTimeout),
  };
}

/**
 * Checks that a credential can stand in a header, before anything is dialled: a line break at the end of a file, a letter
 * that was pasted with it.
 *
 * @param origin where it is from; the credential itself is never named
 * @throws ConfigurationError
 */
export function assertSendable(origin: string, credential: string | undefined): void {
  if (credential !== undefined && !/^[\x21-\x7e]*$/.test(credential))
    throw new ConfigurationError(origin, 'has a space, a line break or another character that no token or key has');
}
