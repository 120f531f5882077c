import { ConfigurationError } from '../errors/configuration.error.js';
import { assertSendable } from '../link/sendable.js';
import { readPatience, type LinkSettings, type PatienceOptions } from '../link/link-settings.js';
import type { Dialer } from '../transport/socket.interface.js';
import type { TlsSettings } from '../transport/tls-settings.js';

/** How the streams of a server are reached without `connect()`. */
export interface StreamsOptions extends PatienceOptions {
  /** `http://host:port` or `https://…`, with a path when the server has one. */
  url: string;
  /** Token or API key, sent as `Authorization: Bearer …` (in browsers as the query field `token`). */
  token?: string;
  /** Whom to trust; only with `https`. @default the system's authorities */
  tls?: TlsSettings;
  /** Opens the sockets. @default the `ws` package in Node, the native WebSocket in browsers */
  dial?: Dialer;
}

/** @throws ConfigurationError naming the bad setting */
export function readStreamsOptions(options: StreamsOptions): LinkSettings {
  if (!URL.canParse(options.url) || !/^https?:/i.test(options.url))
    throw new ConfigurationError('url', `must be an http or https URL, not ${JSON.stringify(options.url)}`);
  assertSendable('token', options.token);
  const base = new URL(options.url.endsWith('/') ? options.url : `${options.url}/`);
  if (options.tls && base.protocol !== 'https:') throw new ConfigurationError('tls', 'is set, but url is not https');
  return {
    ...readPatience(options),
    endpoints: [{ base, label: base.host }],
    tls: options.tls ?? {},
    token: options.token,
  };
}
