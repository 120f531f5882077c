import type { ConnectionArguments, ConnectionSettings, ConnectionSources, Endpoint } from './connection-settings.js';
import { ProfileWithoutEndpointError } from './credentials.errors.js';
import { findProfile, type FoundProfile } from './find-profile.js';
import { parseEndpoint, parsePlainAddress } from './parse-endpoint.js';
import { type ConnectionPreset, DEFAULT_PRESET, sourced, type Sourced, variable } from './preset.js';
import {
  AddressError,
  AmbiguousTargetError,
  CaBundleError,
  InsecureKeyError,
  NoEndpointError,
} from './target.errors.js';

type Addresses = string | readonly string[];

/**
 * Finds the server: an explicit profile alone, or else profile < environment < arguments, value by value
 * (connection-profiles§3 §4). Reads nothing but what `sources` gives.
 *
 * @throws AmbiguousTargetError, CredentialsFileNotFoundError, CredentialsFileError, ProfileNotFoundError,
 *   ProfileWithoutEndpointError, NoEndpointError, AddressError, InsecureKeyError, CaBundleError
 */
export function resolveConnection(
  given: ConnectionArguments,
  sources: ConnectionSources,
  preset: ConnectionPreset = DEFAULT_PRESET,
): ConnectionSettings {
  if (given.profile && given.endpoint?.length) throw new AmbiguousTargetError();
  const profile = findProfile(given.profile, sources, preset);
  const namedAddresses = variable(sources, preset, 'endpoints');
  const addresses = highest<Addresses>(given, 'endpoint', given.endpoint, namedAddresses, profile?.endpoints);
  if (addresses === undefined) {
    if (given.profile) throw new ProfileWithoutEndpointError(given.profile);
    throw new NoEndpointError(preset.names.map((names) => names.endpoints));
  }
  const endpoints = parseAll(addresses, given, preset);
  const namedKey = variable(sources, preset, 'apiKey');
  const found = given.withoutKey ? undefined : highest(given, 'apiKey', given.apiKey, namedKey, profile?.apiKey);
  const { key, warnings } = keyFor(endpoints, found, profile, given, preset);
  // No origin names a secret; an empty key is a key all the same.
  const plain = key && endpoints.find((endpoint) => !endpoint.tls);
  if (key && plain && !given.keyInClear) throw new InsecureKeyError(plain.address, key.origin.name);
  const authorities = endpoints.some((endpoint) => endpoint.tls) ? authoritiesOf(sources, preset) : undefined;
  return {
    endpoints,
    apiKey: key?.value,
    authorities: authorities?.value,
    origins: {
      endpoint: addresses.origin,
      apiKey: key?.origin,
      profile: profile?.chosenBy,
      authorities: authorities?.origin,
    },
    warnings,
  };
}

/** The value of the highest layer that has one; of an explicit profile its own alone. */
function highest<T>(
  given: ConnectionArguments,
  member: 'endpoint' | 'apiKey',
  argument: T | null | undefined,
  environment: Sourced<T> | undefined,
  profile: Sourced<T> | undefined,
): Sourced<T> | undefined {
  if (given.profile) return profile;
  const name = given.names?.[member] ?? `the argument ${member}`;
  return sourced(argument, { layer: 'argument', name }) ?? environment ?? profile;
}

function parseAll(
  { value, origin }: Sourced<Addresses>,
  given: ConnectionArguments,
  preset: ConnectionPreset,
): Endpoint[] {
  if (!preset.lenient) {
    if (typeof value !== 'string')
      throw new AddressError(value.join(','), origin.name, 'is a list; expecting one address:port');
    return [parsePlainAddress(value, origin.name)];
  }
  const addresses = (typeof value === 'string' ? [value] : value).flatMap((text) => text.split(','));
  if (addresses.length === 0) throw new AddressError('', origin.name, 'is an empty list; expecting address:port');
  return addresses.map((address) => parseEndpoint(address.trim(), origin.name, given.tls));
}

/** The key, unless it belongs to another host, and what a user should know of that. */
function keyFor(
  endpoints: readonly Endpoint[],
  key: Sourced<string> | undefined,
  profile: FoundProfile | undefined,
  given: ConnectionArguments,
  preset: ConnectionPreset,
): { key: Sourced<string> | undefined; warnings: readonly string[] } {
  const home = key?.origin.layer === 'profile' ? profile?.endpoints : undefined;
  if (!key || !home?.value.length) return { key, warnings: [] };
  const own = new Set(hostsOf(home, given, preset));
  const foreign = endpoints.find(({ host }) => !own.has(host.toLowerCase()));
  if (!foreign) return { key, warnings: [] };
  const kept = preset.keepKeyOfOtherHost && !given.keyForOtherHosts;
  const warning = kept
    ? `is kept back: "${foreign.address}" is another host than the profile's`
    : `goes to "${foreign.address}", another host than the profile's`;
  return { key: kept ? undefined : key, warnings: [`The API key of ${key.origin.name} ${warning}`] };
}

/** Hosts of a profile itself; an address of it that cannot be read is nobody's host. */
function hostsOf(home: Sourced<Addresses>, given: ConnectionArguments, preset: ConnectionPreset): string[] {
  try {
    return parseAll(home, { ...given, tls: undefined }, preset).map(({ host }) => host.toLowerCase());
  } catch (error) {
    if (error instanceof AddressError) return [];
    throw error;
  }
}

function authoritiesOf(
  sources: ConnectionSources,
  preset: ConnectionPreset,
): Sourced<{ path: string; pem: string }> | undefined {
  const path = variable(sources, preset, 'caBundle');
  if (!path?.value) return undefined;
  const { value, origin } = path;
  let pem: string;
  try {
    pem = sources.certificates(value);
  } catch (error) {
    throw new CaBundleError(origin.name, value, 'cannot be read', { cause: error });
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new CaBundleError(origin.name, value, 'holds no certificate');
  return { value: { path: value, pem }, origin };
}
