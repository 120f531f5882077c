import { ConfigurationError } from '../errors/client.error.js';
import { type ConnectArguments, connectBy, type ConnectPlatform, readArguments } from '../millrace/connect-by.js';
import type { Millrace } from '../millrace/millrace.js';
import type { ConnectionSources } from '../profiles/connection-settings.js';
import { BaseConnector } from '../rpc/connector.js';
import type { RpcConnectorOptions } from '../rpc/connector-options.js';
import type { MethodShapes, UntypedMethods } from '../rpc/method-types.js';
import { BaseStreams, type StreamsOptions } from '../streams/streams.js';
import { fetchSender } from '../transport/browser/fetch-sender.js';
import { nativeDialer } from '../transport/browser/native-dialer.js';
import type { Transport } from '../transport/transport.interface.js';

/** Where the page came from; undefined outside pages. */
function pageOrigin(): string | undefined {
  return (globalThis as { location?: { origin: string } }).location?.origin;
}

/** Requests and sockets of a page. */
const TRANSPORT: Transport = {
  dial: nativeDialer,
  send: fetchSender,
  tokenInQuery: true,
  // Of others `fetch` keeps none.
  keepsCookiesOf: ({ origin }) => origin === pageOrigin(),
  close: () => undefined,
};

const NO_SOURCES: ConnectionSources = {
  environment: {},
  pathOf: (file) => file,
  credentials: () => undefined,
  certificates: () => {
    throw new ConfigurationError('tls', 'names authorities; in a browser only tls: true is possible');
  },
};

const BROWSER: ConnectPlatform = {
  transport: () => TRANSPORT,
  sources: () => NO_SOURCES,
  checkTrust: async () => void NO_SOURCES.certificates(''),
};

/**
 * Reaches a server from a page, by default the one the page came from, and proves who this is.
 *
 * @example
 * ```ts
 * await using millrace = await connect({ login: { name: 'me', password: 'me' } });
 * ```
 * @throws as in Node, but for what a browser does not tell: every failure to reach is a ServiceUnavailableError
 * @publicApi
 */
export function connect<Methods extends MethodShapes<Methods> = UntypedMethods>(
  ...given: ConnectArguments
): Promise<Millrace<Methods>> {
  const options = readArguments(given);
  const byDefault = options.profile || options.sources ? undefined : pageOrigin();
  const endpoint = options.endpoint ?? byDefault;
  return connectBy<Methods>(BROWSER, endpoint === undefined ? options : { ...options, endpoint });
}

/**
 * Settings of a server and of the attempts to reach it, for browsers: dials by the page's own WebSocket.
 *
 * @publicApi
 */
export class Connector<Methods extends MethodShapes<Methods> = UntypedMethods> extends BaseConnector<Methods> {
  /** @throws ConfigurationError naming the bad setting */
  constructor(options: RpcConnectorOptions) {
    super(options, nativeDialer);
  }
}

/**
 * The streams of a Millrace server, reached without `connect()`, for browsers.
 *
 * @publicApi
 */
export class Streams extends BaseStreams {
  constructor(options: StreamsOptions) {
    super(options, TRANSPORT);
  }
}
