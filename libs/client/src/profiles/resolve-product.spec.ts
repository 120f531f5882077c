import type { ConnectionSettings } from './connection-settings.js';
import { parseCredentials } from './node/credentials-file.js';
import { BTRDB_PRESET, DEFAULT_PRESET, type ConnectionPreset } from './preset.js';
import { resolveConnection } from './resolve-connection.js';

// Every combination of file × environment × arguments, against the rules written down a second time, as a table would have
// them: the outcome is an error's name, or the address and the key.

type Text = string | undefined;
interface FileCase {
  readonly name: string;
  readonly text: Text;
  /** What its profiles say: [endpoint, key]; 'broken' when nothing of it can be used. */
  readonly profiles: 'broken' | undefined | Readonly<Record<string, readonly [Text, Text] | 'broken'>>;
}

const FILES: FileCase[] = [
  { name: 'no file', text: undefined, profiles: undefined },
  { name: 'an empty file', text: '', profiles: 'broken' },
  { name: 'broken YAML', text: 'default: [', profiles: 'broken' },
  {
    name: 'a file with all',
    text: 'default:\n  btrdb: { endpoints: "d:4411", api_key: "dk" }\nknown:\n  btrdb: { endpoints: "k:4411", api_key: "kk" }\n',
    profiles: { default: ['d:4411', 'dk'], known: ['k:4411', 'kk'] },
  },
  {
    name: 'a file without default',
    text: 'known:\n  btrdb: { endpoints: "k:4410" }\n',
    profiles: { known: ['k:4410', undefined] },
  },
  {
    name: 'a file of halves',
    text: 'default:\n  btrdb: { api_key: "dk" }\nknown:\n  name: known\n',
    profiles: { default: [undefined, 'dk'], known: [undefined, undefined] },
  },
  {
    name: 'a file with a bad profile',
    text: 'default: text\nknown:\n  btrdb: { endpoints: "k:4411", api_key: "kk" }\n',
    profiles: { default: 'broken', known: ['k:4411', 'kk'] },
  },
];
const ENDPOINTS: Text[] = [undefined, '', 'e:4411'];
const KEYS: Text[] = [undefined, '', 'ek'];
const PROFILES: Text[] = [undefined, '', 'known', 'absent'];
const GIVEN_ENDPOINTS: Text[] = [undefined, '', 'a:4411'];
const GIVEN_KEYS: Text[] = [undefined, '', 'ak'];

/** The rules of connection-profiles§3.1 §3.2 §3.3, in their own order. */
function expected(
  { profiles }: FileCase,
  env: { endpoint: Text; key: Text; profile: Text },
  given: { endpoint: Text; key: Text; profile: Text },
  sendsKeyElsewhere: boolean,
): string {
  if (given.profile && given.endpoint) return 'AmbiguousTargetError';
  let endpoint: Text;
  let key: Text;
  let profileEndpoint: Text;
  let keyOfProfile = false;
  if (given.profile) {
    if (profiles === undefined) return 'CredentialsFileNotFoundError';
    if (profiles === 'broken') return 'CredentialsFileError';
    const profile = profiles[given.profile];
    if (profile === undefined) return 'ProfileNotFoundError';
    if (profile === 'broken') return 'CredentialsFileError';
    [endpoint, key] = profile;
    if (endpoint === undefined) return 'ProfileWithoutEndpointError';
  } else {
    if (profiles === 'broken') return 'CredentialsFileError';
    if (profiles !== undefined) {
      const name = env.profile === undefined ? 'default' : env.profile;
      const profile = profiles[name];
      if (profile === 'broken') return 'CredentialsFileError';
      if (profile === undefined && name !== 'default') return 'ProfileNotFoundError';
      [profileEndpoint, key] = profile ?? [undefined, undefined];
      endpoint = profileEndpoint;
      keyOfProfile = key !== undefined;
    }
    if (env.endpoint !== undefined) endpoint = env.endpoint;
    if (given.endpoint !== undefined) endpoint = given.endpoint;
    for (const over of [env.key, given.key]) {
      if (over === undefined) continue;
      key = over;
      keyOfProfile = false;
    }
    if (endpoint === undefined) return 'NoEndpointError';
  }
  if (endpoint === '') return 'AddressError';
  const elsewhere = keyOfProfile && profileEndpoint !== undefined && endpoint !== profileEndpoint;
  if (elsewhere && !sendsKeyElsewhere) key = undefined;
  if (key !== undefined && !endpoint.endsWith(':4411')) return 'InsecureKeyError';
  return `${endpoint} ${key ?? 'without key'}`;
}

function outcome(run: () => ConnectionSettings): string {
  try {
    const { endpoints, apiKey } = run();
    return `${endpoints[0]?.address} ${apiKey ?? 'without key'}`;
  } catch (error) {
    return (error as Error).name;
  }
}

function* product(): Generator<{ endpoint: Text; key: Text; profile: Text }[]> {
  for (const endpoint of ENDPOINTS)
    for (const key of KEYS)
      for (const profile of PROFILES)
        for (const givenEndpoint of GIVEN_ENDPOINTS)
          for (const givenKey of GIVEN_KEYS)
            for (const givenProfile of PROFILES)
              yield [
                { endpoint, key, profile },
                { endpoint: givenEndpoint, key: givenKey, profile: givenProfile },
              ];
}

/** Runs all cases of one file; answers those that differ from the rules, and how many there were. */
function compare(file: FileCase, preset: ConnectionPreset): { wrong: string[]; cases: number } {
  const read = file.text;
  const credentials = (path: string, lenient: boolean): ReturnType<typeof parseCredentials> | undefined =>
    read === undefined || !path.startsWith('.predictivegrid') ? undefined : parseCredentials(read, path, lenient);
  const wrong: string[] = [];
  let cases = 0;
  for (const [env, given] of product()) {
    if (!env || !given) continue;
    cases += 1;
    const environment = {
      BTRDB_ENDPOINTS: env.endpoint,
      BTRDB_API_KEY: env.key,
      BTRDB_PROFILE: env.profile,
    };
    const sources = { environment, credentials, pathOf: (path: string) => path, certificates: () => '' };
    const { endpoint, key: apiKey, profile } = given;
    const is = outcome(() =>
      resolveConnection(
        {
          ...(endpoint !== undefined && { endpoint }),
          ...(apiKey !== undefined && { apiKey }),
          ...(profile !== undefined && { profile }),
        },
        sources,
        preset,
      ),
    );
    const should = expected(file, env, given, !preset.keepKeyOfOtherHost);
    if (is !== should) wrong.push(`${JSON.stringify({ env, given })}: ${is}, not ${should}`);
  }
  return { wrong, cases };
}

describe.each([
  ['btrdb', BTRDB_PRESET],
  ['default', DEFAULT_PRESET],
])('connection-profiles#1..9 #13 #16: every combination with the preset %s', (_name, preset) => {
  it.each(FILES.map((file) => [file.name, file] as const))('%s: 1296 combinations', (_file, file) => {
    expect(compare(file, preset)).toEqual({ wrong: [], cases: 1296 });
  });
});
