import { readFile } from 'node:fs/promises';
import {
  type ConnectionArguments,
  type ConnectionSettings,
  type ConnectionSources,
  InsecureKeyError,
  NoEndpointError,
  nodeSources,
  resolveConnection,
  type Endpoint,
} from '@millrace/client';
import type { CliContext } from '../context.js';
import { ConfigurationFileError } from '../errors/cli.errors.js';
import { TokenStore } from './token-store.js';

/** How the server is found: the options that every command has. */
export interface ServerOptions {
  readonly endpoint?: string;
  /** What messages call it. @default '--endpoint' */
  readonly endpointName?: string;
  readonly profile?: string;
  readonly tls?: boolean;
  readonly caBundle?: string;
  readonly tokenFile?: string;
  readonly apiKeyFile?: string;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Where the server is, and what to show it. */
export interface FoundServer {
  /** In the order in which they are tried. */
  readonly urls: readonly [string, ...string[]];
  readonly credential: Credential | undefined;
  /** The authorities to trust instead of the system's. */
  readonly authorities: ConnectionSettings['authorities'];
  /** What named the address. */
  readonly origin: string;
  readonly warnings: readonly string[];
}

/** A token or API key, and where it came from. */
export interface Credential {
  readonly value: string;
  readonly origin: string;
}

/**
 * Finds the server as the client does (profile, environment, arguments), and after all of that by the last login. What was
 * said for this very command proves who this is, then the environment, then what `login` got, then what a profile holds.
 *
 * @throws the errors of `resolveConnection`; ConfigurationFileError
 */
export async function findServer(options: ServerOptions, context: CliContext): Promise<FoundServer> {
  const tokens = new TokenStore(context.home);
  const token = await givenToken(options, context);
  const settings = await resolve(options, context, tokens, token !== undefined);
  const [first, ...more] = settings.endpoints.map(urlOf);
  if (!first) throw new NoEndpointError([]);
  const urls = [first, ...more] as const;
  return {
    urls,
    credential: token ?? (await storedOrKey(urls, settings, tokens)),
    authorities: settings.authorities,
    origin: settings.origins.endpoint.name,
    warnings: settings.warnings,
  };
}

/** A token that was said for this very command, or by the environment. */
async function givenToken(options: ServerOptions, { env }: CliContext): Promise<Credential | undefined> {
  const { tokenFile, apiKeyFile } = options;
  if (tokenFile !== undefined) return { value: await readSecret(tokenFile), origin: tokenFile };
  if (apiKeyFile !== undefined || !env['MILLRACE_TOKEN']) return undefined;
  return { value: env['MILLRACE_TOKEN'], origin: 'MILLRACE_TOKEN' };
}

async function resolve(
  options: ServerOptions,
  context: CliContext,
  tokens: TokenStore,
  withoutKey: boolean,
): Promise<ConnectionSettings> {
  const given: ConnectionArguments = {
    endpoint: options.endpoint,
    profile: options.profile,
    tls: options.tls,
    apiKey: options.apiKeyFile === undefined ? undefined : await readSecret(options.apiKeyFile),
    withoutKey,
    names: { endpoint: options.endpointName ?? '--endpoint', apiKey: '--api-key-file' },
  };
  const { caBundle } = options;
  const environment = caBundle === undefined ? context.env : { ...context.env, MILLRACE_CA_BUNDLE: caBundle };
  const sources = nodeSources({ environment, home: context.home });
  try {
    return await resolveOrLogin(given, sources, tokens);
  } catch (error) {
    // Where a login will do, a key that must not be sent is not missed.
    if (!(error instanceof InsecureKeyError) || given.apiKey !== undefined) throw error;
    const settings = await resolveOrLogin({ ...given, withoutKey: true }, sources, tokens);
    if (await tokens.getForAll(settings.endpoints.map(urlOf))) return settings;
    throw error;
  }
}

async function resolveOrLogin(
  given: ConnectionArguments,
  sources: ConnectionSources,
  tokens: TokenStore,
): Promise<ConnectionSettings> {
  try {
    return resolveConnection(given, sources);
  } catch (error) {
    const last = error instanceof NoEndpointError ? await tokens.last() : undefined;
    if (last === undefined) throw error;
    const names = { ...given.names, endpoint: `the last login (${tokens.path})` };
    return resolveConnection({ ...given, endpoint: last, names }, sources);
  }
}

async function storedOrKey(
  urls: readonly string[],
  { apiKey, origins }: ConnectionSettings,
  tokens: TokenStore,
): Promise<Credential | undefined> {
  const key = apiKey === undefined ? undefined : { value: apiKey, origin: origins.apiKey?.name ?? 'API key' };
  if (key && origins.apiKey?.layer !== 'profile') return key;
  const stored = await tokens.getForAll(urls);
  return stored ? { value: stored.token, origin: `login of ${stored.user} (${tokens.path})` } : key;
}

async function readSecret(path: string): Promise<string> {
  const secret = (await readFile(path, 'utf8')).trim();
  // Anything else would be refused as a header, with a message that shows it.
  if (!/^[\x21-\x7e]+$/.test(secret))
    throw new ConfigurationFileError(`${path} must hold a token or key alone, in one line`);
  return secret;
}

/** The address of an endpoint as a URL, without a slash at its end. */
function urlOf({ host, port, tls, path }: Endpoint): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return new URL(`${tls ? 'https' : 'http'}://${name}:${port}${path}`).href.replace(/\/$/, '');
}
