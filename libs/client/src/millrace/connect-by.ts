import { callOut } from '@millrace/protocol';
import { ConfigurationError } from '../errors/client.error.js';
import { NotFoundError } from '../errors/response.error.js';
import { assertSendable, type LinkEndpoint, readPatience } from '../link/link-settings.js';
import { ServerLink } from '../link/server-link.js';
import type { ConnectionSettings, ConnectionSources, Endpoint } from '../profiles/connection-settings.js';
import { type ConnectionPreset, DEFAULT_PRESET } from '../profiles/preset.js';
import { resolveConnection } from '../profiles/resolve-connection.js';
import { InsecureKeyError, NoEndpointError } from '../profiles/target.errors.js';
import type { MethodShapes } from '../rpc/method-types.js';
import { CONNECT_DEFAULTS, withDefaults } from '../settings/defaults.js';
import { attempts } from '../settings/read-setting.js';
import { namesAuthorities, type TlsSettings } from '../transport/socket.interface.js';
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
  /** Checks the authorities that the settings name, before anything is dialled. @throws CaBundleError */
  checkTrust(tls: TlsSettings): Promise<void>;
}

/** API keys begin so; one handed in as a token is a key all the same. */
const KEY = /^mr_/;

/** Finds the server, reaches it, and proves who this is. */
export async function connectBy<Methods extends MethodShapes<Methods>>(
  platform: ConnectPlatform,
  options: MillraceOptions,
): Promise<Millrace<Methods>> {
  const complete = withDefaults(options, CONNECT_DEFAULTS);
  const { signal, check, login, token, rpc = {}, onWarning = (warning) => console.warn(warning) } = complete;
  signal?.throwIfAborted();
  if ([token, login, options.apiKey].filter((one) => one !== undefined && one !== null).length > 1)
    throw new ConfigurationError('token', 'stands beside login or apiKey; give one of the three');
  const rounds = attempts('maxAttempts', complete.maxAttempts);
  const patience = readPatience({ ...options, maxAttempts: complete.maxReconnects });
  const trust = typeof options.tls === 'object' ? options.tls : undefined;
  const settings = resolve(complete, trust, options.sources ?? platform.sources());
  if (token === undefined) assertSendable(settings.origins.apiKey?.name ?? 'apiKey', settings.apiKey);
  else assertSendable('token', token);
  const [first, ...others] = settings.endpoints.map(toLinkEndpoint);
  if (!first) throw new NoEndpointError([]);
  const tls = trust ?? (settings.authorities && { caData: settings.authorities.pem }) ?? {};
  if (namesAuthorities(tls) && settings.endpoints.some((endpoint) => endpoint.tls)) await platform.checkTrust(tls);
  const link = new ServerLink(
    { ...patience, endpoints: [first, ...others], tls, token: token ?? settings.apiKey },
    platform.transport(),
    options.dial,
  );
  const { origins, warnings, endpoints } = settings;
  const found = { origins, warnings, endpoints: endpoints.map(({ address }) => address) };
  const millrace = new Millrace<Methods>(link, found, rpc);
  for (const warning of warnings) callOut(() => onWarning(warning));
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
  options: MillraceOptions & { keyForOtherHosts: boolean; keyInClear: boolean },
  trust: TlsSettings | undefined,
  sources: ConnectionSources,
): ConnectionSettings {
  const { preset = DEFAULT_PRESET, token, login, tls } = options;
  const { endpoint, apiKey, profile, keyForOtherHosts, keyInClear } = options;
  const settings = resolveConnection(
    {
      ...{ endpoint, apiKey, profile, keyForOtherHosts, keyInClear },
      ...(tls !== undefined && { tls: trust ? true : (tls as boolean) }),
      withoutKey: token !== undefined || login !== undefined,
    },
    sources,
    trust && namesAuthorities(trust) ? withoutBundle(preset) : preset,
  );
  const plain = settings.endpoints.find((one) => !one.tls);
  if (token !== undefined && KEY.test(token) && plain && !keyInClear)
    throw new InsecureKeyError(plain.address, 'the argument token');
  return settings;
}

/** Authorities in the arguments beat those of the environment, which are not even read then: no variable names a bundle. */
function withoutBundle(preset: ConnectionPreset): ConnectionPreset {
  return { ...preset, names: preset.names.map((family) => ({ ...family, caBundle: '' })) };
}

function toLinkEndpoint({ host, port, tls, path, address }: Endpoint): LinkEndpoint {
  const name = host.includes(':') ? `[${host}]` : host;
  return { base: new URL(`${tls ? 'https' : 'http'}://${name}:${port}${path}/`), label: address };
}
