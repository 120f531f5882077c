import { ConfigurationError } from '../errors/client.error.js';
import { NotFoundError } from '../errors/response.error.js';
import { assertSendable, type LinkEndpoint, readPatience } from '../link/link-settings.js';
import { ServerLink } from '../link/server-link.js';
import type { ConnectionSettings, Endpoint } from '../profiles/connection-settings.js';
import { DEFAULT_PRESET } from '../profiles/preset.js';
import { resolveConnection } from '../profiles/resolve-connection.js';
import type { ConnectionSources } from '../profiles/sources.interface.js';
import { InsecureKeyError, NoEndpointError } from '../profiles/target.errors.js';
import type { MethodShapes } from '../rpc/method-types.js';
import { CONNECT_DEFAULTS, withDefaults } from '../settings/defaults.js';
import { attempts } from '../settings/read-setting.js';
import type { TlsSettings } from '../transport/socket.interface.js';
import type { Transport } from '../transport/transport.interface.js';
import type { MillraceOptions } from './millrace-options.js';
import { Millrace } from './millrace.js';

/** What `connect()` can be called with. */
export type ConnectArguments =
  [endpoint?: string | readonly string[] | null, options?: MillraceOptions] | [options: MillraceOptions];

/** Brings both forms into one. */
export function readArguments([first, second]: ConnectArguments): MillraceOptions {
  if (isOptions(first)) return first;
  return first === undefined || first === null ? { ...second } : { ...second, endpoint: first };
}

function isOptions(value: ConnectArguments[0]): value is MillraceOptions {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the platform brings: how to send, and where settings may come from. */
export interface ConnectPlatform {
  transport(): Transport;
  sources(): ConnectionSources;
  /** Checks whom to trust, before anything is dialled. @throws CaBundleError */
  checkTrust(tls: TlsSettings): Promise<void>;
}

/** API keys begin so; one handed in as a token is a key all the same. */
const KEY = /^mr_/;

/** Finds the server, reaches it, and proves who this is. */
export async function connectBy<Methods extends MethodShapes<Methods>>(
  platform: ConnectPlatform,
  options: MillraceOptions,
): Promise<Millrace<Methods>> {
  const {
    signal,
    check = CONNECT_DEFAULTS.check,
    login,
    token,
    rpc = {},
    onWarning = (warning) => console.warn(warning),
  } = options;
  signal?.throwIfAborted();
  if ([token, login, options.apiKey].filter((one) => one !== undefined && one !== null).length > 1)
    throw new ConfigurationError('token', 'stands beside login or apiKey; give one of the three');
  const rounds = attempts('maxAttempts', withDefaults(options, CONNECT_DEFAULTS).maxAttempts);
  const patience = readPatience({ ...options, maxAttempts: options.maxReconnects ?? CONNECT_DEFAULTS.maxReconnects });
  const trust = typeof options.tls === 'object' ? options.tls : undefined;
  const settings = resolve(options, trust, options.sources ?? platform.sources());
  if (token === undefined) assertSendable(settings.origins.apiKey?.name ?? 'apiKey', settings.apiKey);
  else assertSendable('token', token);
  const [first, ...others] = settings.endpoints.map(toLinkEndpoint);
  if (!first) throw new NoEndpointError([]);
  const tls = trust ?? (settings.authorities && { caData: settings.authorities.pem }) ?? {};
  if (settings.endpoints.some((endpoint) => endpoint.tls)) await platform.checkTrust(tls);
  const transport = platform.transport();
  const link = new ServerLink(
    { ...patience, endpoints: [first, ...others], tls, token: token ?? settings.apiKey },
    options.dial ? { ...transport, dial: options.dial } : transport,
  );
  const { origins, warnings, endpoints } = settings;
  const found = { origins, warnings, endpoints: endpoints.map(({ address }) => address) };
  const millrace = new Millrace<Methods>(link, found, rpc);
  for (const warning of warnings) onWarning(warning);
  try {
    if (check) await askForInfo(link, rounds, signal);
    if (login) await millrace.login(login, { signal });
    return millrace;
  } catch (error) {
    await millrace.close();
    throw error;
  }
}

/** Asks for the server's information: whether somebody is there, and takes the credential. Not every server has it. */
async function askForInfo(link: ServerLink, rounds: number, signal: AbortSignal | undefined): Promise<void> {
  const { connectTimeout: answerWithin } = link.settings;
  try {
    await link.text({ path: 'info', rounds, answerWithin }, { signal, timeout: 0 });
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}

function resolve(
  options: MillraceOptions,
  trust: TlsSettings | undefined,
  sources: ConnectionSources,
): ConnectionSettings {
  const { preset = DEFAULT_PRESET, token, login, tls, keyInClear = CONNECT_DEFAULTS.keyInClear } = options;
  const { endpoint, apiKey, profile, keyForOtherHosts } = options;
  const settings = resolveConnection(
    {
      ...{ endpoint, apiKey, profile, keyInClear },
      ...(tls !== undefined && { tls: trust ? true : (tls as boolean) }),
      ...(keyForOtherHosts !== undefined && { keyForOtherHosts }),
      withoutKey: token !== undefined || login !== undefined,
    },
    // Authorities in the arguments beat those of the environment, which are not even read then.
    trust && hasAuthorities(trust) ? withoutBundle(sources, preset.names) : sources,
    preset,
  );
  const plain = settings.endpoints.find((one) => !one.tls);
  if (token !== undefined && KEY.test(token) && plain && !keyInClear)
    throw new InsecureKeyError(plain.address, 'the argument token');
  return settings;
}

function hasAuthorities({ caFile, caPath, caData }: TlsSettings): boolean {
  return caFile !== undefined || caPath !== undefined || caData !== undefined;
}

function withoutBundle(sources: ConnectionSources, names: readonly { readonly caBundle: string }[]): ConnectionSources {
  const hidden = new Set(names.map(({ caBundle }) => caBundle));
  const environment = Object.fromEntries(Object.entries(sources.environment).filter(([name]) => !hidden.has(name)));
  return {
    environment,
    pathOf: (file) => sources.pathOf(file),
    credentials: (file, lenient) => sources.credentials(file, lenient),
    certificates: (path) => sources.certificates(path),
  };
}

function toLinkEndpoint({ host, port, tls, path, address }: Endpoint): LinkEndpoint {
  const name = host.includes(':') ? `[${host}]` : host;
  return { base: new URL(`${tls ? 'https' : 'http'}://${name}:${port}${path}/`), label: address };
}
