/// <reference lib="esnext.disposable" preserve="true" />
import { asyncDispose } from '../async-dispose.js';
import { ConfigurationError } from '../errors/client.error.js';
import { assertSendable, type LinkSettings, type PatienceOptions, readPatience } from '../link/link-settings.js';
import { ServerLink } from '../link/server-link.js';
import type { CallLimits } from '../timing/call-limits.js';
import type { Dialer, TlsSettings } from '../transport/socket.interface.js';
import type { Transport } from '../transport/transport.interface.js';
import { StreamsApi } from './streams-api.js';

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
function readStreamsOptions(options: StreamsOptions): LinkSettings {
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

/** What the clients of Node and of browsers share: everything but the transport. */
export abstract class BaseStreams extends StreamsApi implements AsyncDisposable {
  private readonly closeLink: (limits?: CallLimits) => Promise<void>;

  protected constructor(options: StreamsOptions, transport: Transport) {
    const link = new ServerLink(readStreamsOptions(options), transport, options.dial);
    super(link);
    this.closeLink = (limits) => link.close(limits);
  }

  /** Waits until open pushes are stored, for as long as the limits allow, then ends everything else that is under way. */
  close(limits?: CallLimits): Promise<void> {
    return this.closeLink(limits);
  }

  [asyncDispose](): Promise<void> {
    return this.close();
  }
}
