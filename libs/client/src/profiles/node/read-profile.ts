import { CredentialsFileError } from '../credentials.errors.js';
import type { Profile } from '../connection-settings.js';

export type Mapping = ReadonlyMap<unknown, unknown>;

export function isMapping(value: unknown): value is Mapping {
  return value instanceof Map;
}

const ENDPOINTS = 'endpoints';
const KEYS = ['api_key', 'apikey'] as const;

/** Reads `name: { btrdb: { endpoints, api_key } }`; when lenient, also without the level `btrdb`. */
export function readNestedProfile(name: string, value: unknown, path: string, lenient: boolean): Profile {
  if (!isMapping(value)) throw new CredentialsFileError(path, 'is not a mapping', { field: name });
  const flat = [ENDPOINTS, ...KEYS].find((member) => value.has(member));
  if (value.has('btrdb')) {
    const field = `${name}.btrdb`;
    // To read one place and drop the other in silence would be half-reading.
    if (lenient && flat) throw new CredentialsFileError(path, `stands beside "btrdb"`, { field: `${name}.${flat}` });
    const inner = value.get('btrdb');
    if (!isMapping(inner)) throw new CredentialsFileError(path, 'is not a mapping', { field });
    return readMembers(inner, field, path, lenient, []);
  }
  if (!flat) return { endpoints: undefined, apiKey: undefined };
  if (lenient) return readFlatProfile(name, value, path);
  throw new CredentialsFileError(path, 'stands outside "btrdb:", where it is not read', { field: `${name}.${flat}` });
}

/** Reads `{ name, endpoints, api_key }`. */
export function readFlatProfile(name: string, value: Mapping, path: string): Profile {
  return readMembers(value, name, path, true, ['name']);
}

function readMembers(
  members: Mapping,
  field: string,
  path: string,
  lenient: boolean,
  ignored: readonly string[],
): Profile {
  const known: readonly unknown[] = [ENDPOINTS, ...KEYS, ...ignored];
  for (const member of members.keys()) {
    if (!known.includes(member))
      throw new CredentialsFileError(path, 'is not known', { field: `${field}.${String(member)}` });
  }
  const keys = KEYS.filter((member) => present(members.get(member)));
  if (keys.length > 1) throw new CredentialsFileError(path, 'is there beside "api_key"', { field: `${field}.apikey` });
  const [keyMember = 'api_key'] = keys;
  return {
    endpoints: addressesOf(members.get(ENDPOINTS), `${field}.${ENDPOINTS}`, path, lenient),
    apiKey: textOf(members.get(keyMember), `${field}.${keyMember}`, path),
  };
}

function present(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function textOf(value: unknown, field: string, path: string): string | undefined {
  if (!present(value)) return undefined;
  if (typeof value === 'string') return value;
  throw new CredentialsFileError(path, 'is not a text; put it in quotes', { field });
}

function addressesOf(
  value: unknown,
  field: string,
  path: string,
  lenient: boolean,
): string | readonly string[] | undefined {
  if (!Array.isArray(value)) return textOf(value, field, path);
  if (!lenient) throw new CredentialsFileError(path, 'is a list; give one "address:port" as text', { field });
  return value.map((one: unknown, index) => {
    const text = textOf(one, `${field}[${index}]`, path);
    if (text === undefined) throw new CredentialsFileError(path, 'is empty', { field: `${field}[${index}]` });
    return text;
  });
}
