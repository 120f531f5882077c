import { ConfigurationError } from '../errors/configuration.error.js';
import type { TlsSettings } from '../transport/tls-settings.js';
import type { Duration } from '@millrace/protocol';
import { milliseconds } from '../timing/duration.js';

/** How patiently a server is looked for. */
export interface PatienceOptions {
  /** Rounds through the endpoints, at the beginning of a push or pull and after each cut; null = for ever. @default null */
  maxAttempts?: number | null;
  /** Longest pause between rounds; they begin at a fiftieth of it and double. @default '5s' */
  maxPause?: Duration;
  /** Limit of one attempt at one endpoint: address, TCP, TLS and handshake. @default '10s' */
  connectTimeout?: Duration;
  /**
   * Makes a connection anew when nothing at all has come for so long, not even the answer to a ping; 0: never. Watches live
   * on signs of life that servers give every 15 s; browsers cannot ping, and leave it to the network to notice.
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

/** Everything a link needs. */
export interface LinkSettings {
  readonly endpoints: readonly [LinkEndpoint, ...LinkEndpoint[]];
  /** Whom to trust at `https` endpoints. */
  readonly tls: TlsSettings;
  readonly token: string | undefined;
  readonly maxAttempts: number;
  readonly maxPause: number;
  readonly connectTimeout: number;
  readonly timeout: number;
  readonly silenceTimeout: number;
}

/** Checks how patient to be. @throws ConfigurationError naming the bad setting */
export function readPatience(
  options: PatienceOptions,
): Pick<LinkSettings, 'maxAttempts' | 'maxPause' | 'connectTimeout' | 'timeout' | 'silenceTimeout'> {
  return {
    maxAttempts: readAttempts('maxAttempts', options.maxAttempts ?? null),
    maxPause: milliseconds('maxPause', options.maxPause ?? 5000),
    connectTimeout: milliseconds('connectTimeout', options.connectTimeout ?? 10_000),
    timeout: milliseconds('timeout', options.timeout ?? 30_000),
    silenceTimeout: milliseconds('silenceTimeout', options.silenceTimeout ?? 60_000),
  };
}

/** A number of attempts; Infinity for null. @throws ConfigurationError */
export function readAttempts(setting: string, value: number | null): number {
  if (value === null) return Infinity;
  if (Number.isInteger(value) && value > 0) return value;
  throw new ConfigurationError(setting, 'give a whole number from 1, or null to try for ever');
}
