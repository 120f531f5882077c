import { readFile } from 'node:fs/promises';
import {
  type ConnectionArguments,
  type ConnectionSettings,
  type ConnectionSources,
  type Endpoint,
  NoEndpointError,
  nodeSources,
  resolveConnection,
} from '@millrace/client';
import type { CliContext } from '../context.js';
import { ConfigurationFileError } from '../errors/configuration.error.js';
import type { ConnectionOptions } from './connection-options.js';
import { TokenStore } from './token-store.js';

/** Where the server is, and what to show it. */
export interface FoundServer {
  /** `http://host:port/path`, in the order in which they are tried. */
  readonly urls: readonly [string, ...string[]];
  readonly credential: Credential | undefined;
  /** PEM of the authorities to trust instead of the system's. */
  readonly authorities: string | undefined;
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
 * Finds the server as the client does (profile, environment, arguments), and after all of that by the last login.
 *
 * @throws the errors of `resolveConnection`; ConfigurationFileError
 */
export async function findServer(options: ConnectionOptions, context: CliContext): Promise<FoundServer> {
  const tokens = new TokenStore(context.home);
  const settings = await resolve(options, context, tokens);
  const [first, ...more] = settings.endpoints.map(urlOf);
  if (!first) throw new NoEndpointError([]);
  return {
    urls: [first, ...more],
    credential: await credentialFor(first, settings, options, context, tokens),
    authorities: settings.authorities?.pem,
    origin: settings.origins.endpoint.name,
    warnings: settings.warnings,
  };
}

async function resolve(
  options: ConnectionOptions,
  context: CliContext,
  tokens: TokenStore,
): Promise<ConnectionSettings> {
  const given: ConnectionArguments = {
    endpoint: options.endpoint,
    profile: options.profile,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    ...(options.apiKeyFile === undefined ? {} : { apiKey: await readSecret(options.apiKeyFile) }),
  };
  const sources = sourcesOf(options, context);
  try {
    return resolveConnection(given, sources);
  } catch (error) {
    const last = error instanceof NoEndpointError ? await tokens.last() : undefined;
    if (last === undefined) throw error;
    const settings = resolveConnection({ ...given, endpoint: last }, sources);
    const endpoint = { layer: 'argument', name: `the last login (${tokens.path})` } as const;
    return { ...settings, origins: { ...settings.origins, endpoint } };
  }
}

function sourcesOf({ caBundle }: ConnectionOptions, { env, home }: CliContext): ConnectionSources {
  const environment = caBundle === undefined ? env : { ...env, MILLRACE_CA_BUNDLE: caBundle };
  return nodeSources({ environment, home });
}

/** What was said for this very command comes first, then what `login` got, then what a profile holds. */
async function credentialFor(
  url: string,
  { apiKey, origins }: ConnectionSettings,
  { tokenFile }: ConnectionOptions,
  { env }: CliContext,
  tokens: TokenStore,
): Promise<Credential | undefined> {
  if (tokenFile !== undefined) return { value: await readSecret(tokenFile), origin: tokenFile };
  const key = apiKey === undefined ? undefined : { value: apiKey, origin: origins.apiKey?.name ?? 'API key' };
  if (key && origins.apiKey?.layer === 'argument') return key;
  if (env['MILLRACE_TOKEN']) return { value: env['MILLRACE_TOKEN'], origin: 'MILLRACE_TOKEN' };
  if (key && origins.apiKey?.layer === 'environment') return key;
  const stored = await tokens.get(url);
  if (stored) return { value: stored.token, origin: `login of ${stored.user} (${tokens.path})` };
  return key;
}

async function readSecret(path: string): Promise<string> {
  const secret = (await readFile(path, 'utf8')).trim();
  // Anything else would be refused as a header, with a message that shows it.
  if (!/^[\x21-\x7e]+$/.test(secret)) throw new ConfigurationFileError(`${path} holds no token or key in its one line`);
  return secret;
}

/** The address of an endpoint as a URL, without a slash at its end. */
export function urlOf({ host, port, tls, path }: Endpoint): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return new URL(`${tls ? 'https' : 'http'}://${name}:${port}${path}`).href.replace(/\/$/, '');
}
