import type { ConnectionArguments, ConnectionSettings, Endpoint, Origin } from './connection-settings.js';
import {
  AddressError,
  AmbiguousTargetError,
  CaBundleError,
  InsecureKeyError,
  NoEndpointError,
} from './target.errors.js';
import { ProfileWithoutEndpointError } from './credentials.errors.js';
import { chosenProfile, explicitProfile, type FoundProfile } from './find-profile.js';
import { parseEndpoint, parsePlainAddress } from './parse-endpoint.js';
import { type ConnectionPreset, DEFAULT_PRESET, variable } from './preset.js';
import type { ConnectionSources } from './sources.interface.js';

/** A value with its origin. */
interface Sourced<T> {
  readonly value: T;
  readonly origin: Origin;
}

type Addresses = string | readonly string[];

/** Where a key would go, and by which rules. */
interface Destination {
  readonly endpoints: readonly Endpoint[];
  readonly profile: FoundProfile | undefined;
  readonly given: ConnectionArguments;
  readonly preset: ConnectionPreset;
  /** Hears what a user should know. */
  readonly warnings: string[];
}

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
  const explicit = Boolean(given.profile);
  if (explicit && given.endpoint?.length) throw new AmbiguousTargetError();
  const profile = given.profile ? explicitProfile(given.profile, sources, preset) : chosenProfile(sources, preset);
  const addresses = endpointOf(given, sources, preset, profile, explicit);
  if (addresses === undefined) {
    if (explicit) throw new ProfileWithoutEndpointError(given.profile ?? '');
    throw new NoEndpointError(preset.names.map((names) => names.endpoints));
  }
  const endpoints = parseAll(addresses, given, preset);
  const warnings: string[] = [];
  const found = given.withoutKey ? undefined : keyOf(given, sources, preset, profile, explicit);
  const key = found && keyFor(found, { endpoints, profile, given, preset, warnings });
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

function endpointOf(
  given: ConnectionArguments,
  sources: ConnectionSources,
  preset: ConnectionPreset,
  profile: FoundProfile | undefined,
  explicit: boolean,
): Sourced<Addresses> | undefined {
  const fromProfile = sourced(profile?.profile.endpoints, profile?.origin);
  if (explicit) return fromProfile;
  const name = given.names?.endpoint ?? 'the argument endpoint';
  const argument = sourced<Addresses>(given.endpoint, { layer: 'argument', name });
  return argument ?? variable(sources, preset, 'endpoints') ?? fromProfile;
}

function keyOf(
  given: ConnectionArguments,
  sources: ConnectionSources,
  preset: ConnectionPreset,
  profile: FoundProfile | undefined,
  explicit: boolean,
): Sourced<string> | undefined {
  const fromProfile = sourced(profile?.profile.apiKey, profile?.origin);
  if (explicit) return fromProfile;
  const name = given.names?.apiKey ?? 'the argument apiKey';
  const argument = sourced(given.apiKey, { layer: 'argument', name });
  return argument ?? variable(sources, preset, 'apiKey') ?? fromProfile;
}

function sourced<T>(value: T | null | undefined, origin: Origin | undefined): Sourced<T> | undefined {
  return value === undefined || value === null || !origin ? undefined : { value, origin };
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

/** The key, unless it belongs to another host; what a user should see goes to `warnings`. */
function keyFor(
  key: Sourced<string>,
  { endpoints, profile, given, preset, warnings }: Destination,
): Sourced<string> | undefined {
  if (key.origin.layer !== 'profile' || !profile?.profile.endpoints?.length) return key;
  const own = new Set(hostsOf(profile, given, preset));
  const foreign = endpoints.find(({ host }) => !own.has(host.toLowerCase()));
  if (!foreign) return key;
  if (preset.keepKeyOfOtherHost && !given.keyForOtherHosts) {
    warnings.push(
      `The API key of ${key.origin.name} is kept back: "${foreign.address}" is another host than the profile's`,
    );
    return undefined;
  }
  warnings.push(`The API key of ${key.origin.name} goes to "${foreign.address}", another host than the profile's`);
  return key;
}

/** Hosts of the profile itself; an address of it that cannot be read is nobody's host. */
function hostsOf({ profile, origin }: FoundProfile, given: ConnectionArguments, preset: ConnectionPreset): string[] {
  try {
    const endpoints = parseAll({ value: profile.endpoints ?? [], origin }, { ...given, tls: undefined }, preset);
    return endpoints.map(({ host }) => host.toLowerCase());
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
