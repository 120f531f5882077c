import type { ConnectionSources, Origin } from './connection-settings.js';

/** Names of one family of variables and files. */
export interface ConnectionNames {
  readonly endpoints: string;
  readonly apiKey: string;
  readonly profile: string;
  readonly caBundle: string;
  /** Credentials file, below the home directory. */
  readonly file: string;
}

/** A set of rules by which a server is found. */
export interface ConnectionPreset {
  /** Families in order: within a layer, an earlier one beats a later one. */
  readonly names: readonly ConnectionNames[];
  /** Also read URLs, lists of endpoints, IPv6 addresses, and the flat forms of a credentials file. */
  readonly lenient: boolean;
  /** Keep a profile's key back when the address, given elsewhere, is another host. Otherwise it is sent, with a warning. */
  readonly keepKeyOfOtherHost: boolean;
}

const BTRDB: ConnectionNames = Object.freeze({
  endpoints: 'BTRDB_ENDPOINTS',
  apiKey: 'BTRDB_API_KEY',
  profile: 'BTRDB_PROFILE',
  caBundle: 'BTRDB_CA_BUNDLE',
  file: '.predictivegrid/credentials.yaml',
});

const MILLRACE: ConnectionNames = Object.freeze({
  endpoints: 'MILLRACE_ENDPOINTS',
  apiKey: 'MILLRACE_API_KEY',
  profile: 'MILLRACE_PROFILE',
  caBundle: 'MILLRACE_CA_BUNDLE',
  file: '.millrace/credentials.yaml',
});

/** As BTrDB's own client does it (connection-profiles#1..16). */
export const BTRDB_PRESET: ConnectionPreset = Object.freeze({
  names: Object.freeze([BTRDB]),
  lenient: false,
  keepKeyOfOtherHost: false,
});

/** The same layers; in each, Millrace's own names beat BTrDB's. */
export const DEFAULT_PRESET: ConnectionPreset = Object.freeze({
  names: Object.freeze([MILLRACE, BTRDB]),
  lenient: true,
  keepKeyOfOtherHost: true,
});

/** A value with its origin. */
export interface Sourced<T> {
  readonly value: T;
  readonly origin: Origin;
}

export function sourced<T>(value: T | null | undefined, origin: Origin): Sourced<T> | undefined {
  return value === undefined || value === null ? undefined : { value, origin };
}

/** A variable of the environment, the first family that has it; an empty text is a value. */
export function variable(
  { environment }: ConnectionSources,
  { names }: ConnectionPreset,
  member: Exclude<keyof ConnectionNames, 'file'>,
): Sourced<string> | undefined {
  for (const family of names) {
    const value = environment[family[member]];
    if (value !== undefined) return { value, origin: { layer: 'environment', name: family[member] } };
  }
  return undefined;
}
