import type { ConnectionSources } from '../../profiles/sources.interface.js';
import { ConfigurationError } from '../../errors/client.error.js';
import type { MethodShapes, UntypedMethods } from '../../rpc/method-types.js';
import { browserTransport } from '../../transport/browser/browser-transport.js';
import { type ConnectArguments, connectBy, type ConnectPlatform, readArguments } from '../connect-by.js';
import type { Millrace } from '../millrace.js';

const NO_SOURCES: ConnectionSources = {
  environment: {},
  pathOf: (file) => file,
  credentials: () => undefined,
  certificates: () => {
    throw new ConfigurationError('tls', 'names authorities; in a browser only tls: true is possible');
  },
};

const BROWSER: ConnectPlatform = {
  transport: browserTransport,
  sources: () => NO_SOURCES,
  checkTrust: async (tls) => {
    if (Object.values(tls).some((value) => value !== undefined)) NO_SOURCES.certificates('');
  },
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
  const origin = (globalThis as { location?: { origin: string } }).location?.origin;
  const byDefault = options.profile || options.sources ? undefined : origin;
  const endpoint = options.endpoint ?? byDefault;
  return connectBy<Methods>(BROWSER, endpoint === undefined ? options : { ...options, endpoint });
}
