import { ConfigurationError } from '../errors/configuration.error.js';
import { ProtocolError } from '../errors/protocol.error.js';
import { ServiceUnavailableError } from '../errors/service-unavailable.error.js';
import type { ClientSocket, Dialer } from '../rpc/socket.interface.js';
import type { TlsSettings } from '../rpc/tls-settings.js';
import { milliseconds, type Duration } from '../timing/duration.js';
import { pause } from '../timing/pause.js';
import type { HttpGet } from './http-get.interface.js';

/** How the streams of a server are reached. */
export interface StreamsOptions {
  /** `http://host:port` or `https://…`, with a path when the server has one. */
  url: string;
  /** Token or API key, sent as `Authorization: Bearer …` (in browsers as the query field `token`). */
  token?: string;
  /** Whom to trust; only with `https`. @default the system's authorities */
  tls?: TlsSettings;
  /** Attempts to reach the server, at the beginning and after each cut; null = for ever. @default null */
  maxAttempts?: number | null;
  /** Longest pause between attempts; they begin at a fiftieth of it and double. @default '5s' */
  maxPause?: Duration;
  /** Limit of one attempt. @default '10s' */
  connectTimeout?: Duration;
  /** Opens the sockets. @default the `ws` package in Node, the native WebSocket in browsers */
  dial?: Dialer;
}

/** What differs between Node and browsers. */
export interface StreamPlatform {
  readonly dial: Dialer;
  readonly get: HttpGet;
  /** A page cannot give a WebSocket headers. */
  readonly tokenInQuery: boolean;
}

/** Above the server's own limits. */
const MAX_MESSAGE = 256 * 1024 * 1024;

/** Statuses of a handshake that may be better next time. */
const TEMPORARY = new Set([408, 429, 500, 502, 503, 504]);

/** The way to one server: opens sockets with patience, and asks over HTTP. */
export class StreamLink {
  private readonly base: URL;
  private readonly token: string | undefined;
  private readonly tls: TlsSettings | undefined;
  private readonly maxAttempts: number;
  private readonly maxPause: number;
  private readonly connectTimeout: number;
  private readonly platform: StreamPlatform;

  /** @throws ConfigurationError naming the bad setting */
  constructor(options: StreamsOptions, platform: StreamPlatform) {
    if (!URL.canParse(options.url) || !/^https?:/i.test(options.url))
      throw new ConfigurationError('url', 'is no http or https URL');
    const { maxAttempts = null } = options;
    if (maxAttempts !== null && !(Number.isInteger(maxAttempts) && maxAttempts > 0))
      throw new ConfigurationError('maxAttempts', 'give a whole number from 1, or null to try for ever');
    this.base = new URL(options.url.endsWith('/') ? options.url : `${options.url}/`);
    if (options.tls && this.base.protocol !== 'https:')
      throw new ConfigurationError('tls', 'is set, but url is not https');
    this.token = options.token;
    this.tls = this.base.protocol === 'https:' ? (options.tls ?? {}) : undefined;
    this.maxAttempts = maxAttempts ?? Infinity;
    this.maxPause = milliseconds('maxPause', options.maxPause ?? 5000);
    this.connectTimeout = milliseconds('connectTimeout', options.connectTimeout ?? 10_000);
    this.platform = { ...platform, ...(options.dial && { dial: options.dial }) };
  }

  /** Opens a socket, trying again while the server is out of reach. @throws the last failure, or the signal's reason */
  open(path: string, signal: AbortSignal | undefined): Promise<ClientSocket> {
    const url = this.urlOf(path);
    if (this.token !== undefined && this.platform.tokenInQuery) url.searchParams.set('token', this.token);
    return this.patiently(signal, (limit) =>
      this.platform.dial({
        url: url.href.replace(/^http/, 'ws'),
        headers: this.platform.tokenInQuery ? {} : this.headers(),
        tls: this.tls,
        maxMessageBytes: MAX_MESSAGE,
        signal: limit,
      }),
    );
  }

  /** GETs JSON, with the same patience. @throws ProtocolError with the status when it is not 200 */
  getJson(path: string, signal: AbortSignal | undefined): Promise<unknown> {
    const url = this.urlOf(path);
    return this.patiently(signal, async (limit) => {
      const request = { url, headers: this.headers(), tls: this.tls, signal: limit };
      const { status, body } = await this.platform.get(request);
      if (status !== 200) throw new ProtocolError(`GET ${url.pathname} was answered with ${status}`, { status });
      return JSON.parse(body) as unknown;
    });
  }

  private async patiently<T>(signal: AbortSignal | undefined, run: (limit: AbortSignal) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted();
      try {
        return await this.limited(signal, run);
      } catch (error) {
        if (!isTemporary(error) || attempt >= this.maxAttempts) throw error;
        const bound = Math.min(this.maxPause, (this.maxPause / 50) * 2 ** (attempt - 1));
        // Full jitter, so that the clients of one restarted server do not come back in step.
        await pause(Math.random() * bound, signal);
      }
    }
  }

  private async limited<T>(signal: AbortSignal | undefined, run: (limit: AbortSignal) => Promise<T>): Promise<T> {
    const limit = new AbortController();
    const onAbort = (): void => limit.abort(signal?.reason);
    const timer = setTimeout(
      () => limit.abort(new ServiceUnavailableError(`No answer within ${this.connectTimeout} ms`)),
      this.connectTimeout,
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await run(limit.signal);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  private urlOf(path: string): URL {
    return new URL(path, this.base);
  }

  private headers(): Record<string, string> {
    return this.token === undefined ? {} : { Authorization: `Bearer ${this.token}` };
  }
}

function isTemporary(error: unknown): boolean {
  if (error instanceof ServiceUnavailableError) return true;
  // Without a status the handshake was cut: a server that restarts does that.
  return error instanceof ProtocolError && (error.status === undefined || TEMPORARY.has(error.status));
}
