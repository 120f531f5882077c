import type { ConnectionArguments, ConnectionSettings, ConnectionSources } from './connection-settings.js';
import { parseCredentials } from './node/credentials-file.js';
import { BTRDB_PRESET, DEFAULT_PRESET, type ConnectionPreset } from './preset.js';
import { resolveConnection } from './resolve-connection.js';

const FILE = `
research:
  name: "research"
  btrdb:
    endpoints: "research.example.com:4411"
    api_key: "research-key"
default:
  name: "default"
  btrdb:
    endpoints: "default.example.com:4411"
    api_key: "default-key"
keyless:
  btrdb: { endpoints: "keyless.example.com:4410", api_key: null }
keyonly:
  btrdb: { api_key: "only-key" }
`;

interface World {
  environment?: Record<string, string | undefined>;
  /** Texts of credentials files by their path below the home directory. */
  files?: Record<string, string>;
  certificates?: Record<string, string>;
}

/** Sources that are data, and a list of what was read of them. */
function sourcesOf({ environment = {}, files = {}, certificates = {} }: World): ConnectionSources & { read: string[] } {
  const read: string[] = [];
  return {
    read,
    environment: new Proxy(environment, {
      get: (target, name: string) => {
        read.push(name);
        return target[name];
      },
    }),
    pathOf: (file) => `/home/mara/${file}`,
    credentials: (file, lenient) => {
      read.push(file);
      const text = files[file];
      return text === undefined ? undefined : parseCredentials(text, `/home/mara/${file}`, lenient);
    },
    certificates: (path) => {
      read.push(path);
      const text = certificates[path];
      if (text === undefined) throw new Error('ENOENT');
      return text;
    },
  };
}

const BTRDB_FILE = '.predictivegrid/credentials.yaml';
const OWN_FILE = '.millrace/credentials.yaml';
const withFile = (text = FILE): World => ({ files: { [BTRDB_FILE]: text } });

function resolver(preset: ConnectionPreset) {
  return (given: ConnectionArguments, world: World = {}): ConnectionSettings =>
    resolveConnection(given, sourcesOf(world), preset);
}
function failure(run: () => unknown): Error & Record<string, unknown> {
  try {
    run();
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('It did not fail');
}
const addressOf = ({ endpoints }: ConnectionSettings): string => endpoints.map(({ address }) => address).join();

describe.each([
  ['btrdb', BTRDB_PRESET],
  ['default', DEFAULT_PRESET],
])('connection-profiles#1..9 with the preset %s', (_name, preset) => {
  const resolve = resolver(preset);

  it('connection-profiles#1: address and profile together are refused before anything is read', () => {
    const sources = sourcesOf(withFile());
    const error = failure(() => resolveConnection({ endpoint: 'a:4410', profile: 'research' }, sources, preset));
    expect([error.name, sources.read]).toEqual(['AmbiguousTargetError', []]);
  });

  it('connection-profiles#2: an explicit profile is used alone; environment and key argument have no influence', () => {
    const world = {
      ...withFile(),
      environment: { BTRDB_ENDPOINTS: 'env:4410', BTRDB_API_KEY: 'env', BTRDB_PROFILE: 'x' },
    };
    const settings = resolve({ profile: 'research', apiKey: 'argument' }, world);
    expect([addressOf(settings), settings.apiKey]).toEqual(['research.example.com:4411', 'research-key']);
    expect(failure(() => resolve({ profile: 'keyonly' }, world)).name).toBe('ProfileWithoutEndpointError');
  });

  it('connection-profiles#3: without explicit profile file < environment < arguments, value by value, and each says where it is from', () => {
    const world = { files: withFile().files, environment: { BTRDB_API_KEY: 'env-key' } };
    const mixed = resolve({}, world);
    expect([addressOf(mixed), mixed.apiKey]).toEqual(['default.example.com:4411', 'env-key']);
    expect(mixed.origins).toMatchObject({
      endpoint: { layer: 'profile', name: `profile "default" in /home/mara/${BTRDB_FILE}` },
      apiKey: { layer: 'environment', name: 'BTRDB_API_KEY' },
    });
    const given = resolve({ endpoint: 'argument:4411', apiKey: 'argument' }, world);
    expect([addressOf(given), given.apiKey, given.origins.endpoint.layer]).toEqual([
      'argument:4411',
      'argument',
      'argument',
    ]);
  });

  it('connection-profiles#4: the profile comes from BTRDB_PROFILE, else default', () => {
    expect(addressOf(resolve({}, withFile()))).toBe('default.example.com:4411');
    const settings = resolve({}, { ...withFile(), environment: { BTRDB_PROFILE: 'research' } });
    expect(addressOf(settings)).toBe('research.example.com:4411');
    expect(settings.origins.profile).toEqual({ layer: 'environment', name: 'BTRDB_PROFILE' });
  });

  it('connection-profiles#5: a missing default profile is no error; another missing profile is, and is named', () => {
    const world = withFile('other:\n  btrdb:\n    endpoints: "other:4410"\n');
    expect(addressOf(resolve({ endpoint: 'a:4410' }, world))).toBe('a:4410');
    for (const run of [
      () => resolve({ profile: 'absent' }, world),
      () => resolve({ endpoint: 'a:4410', apiKey: 'k' }, { ...world, environment: { BTRDB_PROFILE: 'absent' } }),
    ])
      expect(failure(run)).toMatchObject({ name: 'ProfileNotFoundError', profile: 'absent' });
    expect(failure(() => resolve({ profile: 'constructor' }, world)).name).toBe('ProfileNotFoundError');
  });

  it('connection-profiles#6: a missing file is an error only with an explicit profile; the error names the path', () => {
    const error = failure(() => resolve({ profile: 'research' }));
    expect(error).toMatchObject({
      name: 'CredentialsFileNotFoundError',
      path: expect.stringContaining('/home/mara/.'),
    });
    expect(error.message).toContain(String(error['path']));
    expect(addressOf(resolve({ endpoint: 'a:4410' }, { environment: { BTRDB_PROFILE: 'ignored' } }))).toBe('a:4410');
  });

  it('connection-profiles#7: no endpoint at all has an error of its own, also if only a key is known', () => {
    for (const given of [{}, { apiKey: 'k' }])
      expect(failure(() => resolve(given))).toMatchObject({ name: 'NoEndpointError', code: 'NO_ENDPOINT' });
    expect(failure(() => resolve({}, { ...withFile(), environment: { BTRDB_PROFILE: 'keyonly' } })).name).toBe(
      'NoEndpointError',
    );
  });

  it('connection-profiles#8: the nested form is read; api_key is the key; nulls are absent', () => {
    expect(resolve({ profile: 'research' }, withFile()).apiKey).toBe('research-key');
    expect(resolve({ profile: 'keyless' }, withFile()).apiKey).toBeUndefined();
    const old = withFile('p:\n  btrdb: { endpoints: "h:4411", apikey: "old" }\n');
    expect(resolve({ profile: 'p' }, old).apiKey).toBe('old');
  });

  it('connection-profiles#9: an empty text in a variable or argument overrides', () => {
    const world = withFile();
    for (const run of [
      () => resolve({ endpoint: '' }, world),
      () => resolve({}, { ...world, environment: { BTRDB_ENDPOINTS: '' } }),
    ])
      expect(failure(run)).toMatchObject({ name: 'AddressError', message: expect.stringContaining('is empty') });
    expect(resolve({}, { ...world, environment: { BTRDB_API_KEY: '' } }).apiKey).toBe('');
    expect(resolve({ apiKey: '' }, world).apiKey).toBe('');
    const named = failure(() => resolve({}, { ...world, environment: { BTRDB_PROFILE: '' } }));
    expect(named).toMatchObject({ name: 'ProfileNotFoundError', profile: '' });
    expect(addressOf(resolve({ profile: '', endpoint: 'a:4410', apiKey: null }, { environment: {} }))).toBe('a:4410');
  });

  it('connection-profiles#12: BTRDB_CA_BUNDLE replaces the built-in authorities; unreadable is an error that names it', () => {
    const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
    const environment = { BTRDB_CA_BUNDLE: '/etc/own.pem' };
    const settings = resolve({ endpoint: 'a:4411' }, { environment, certificates: { '/etc/own.pem': pem } });
    expect(settings.authorities).toEqual({ path: '/etc/own.pem', pem });
    expect(settings.origins.authorities?.name).toBe('BTRDB_CA_BUNDLE');
    const missing = failure(() => resolve({ endpoint: 'a:4411' }, { environment }));
    expect(missing).toMatchObject({ name: 'CaBundleError', variable: 'BTRDB_CA_BUNDLE', path: '/etc/own.pem' });
    const empty = failure(() =>
      resolve({ endpoint: 'a:4411' }, { environment, certificates: { '/etc/own.pem': 'x' } }),
    );
    expect(empty.message).toContain('holds no certificate');
    expect(resolve({ endpoint: 'a:4411' }, { environment: { BTRDB_CA_BUNDLE: '' } }).authorities).toBeUndefined();
    expect(resolve({ endpoint: 'a:4410' }, { environment }).authorities).toBeUndefined();
  });

  it('connection-profiles#13: a key on a plain port is refused, wherever both come from, unless asked for', () => {
    const error = failure(() => resolve({ endpoint: 'a:4410', apiKey: 'secret' }));
    expect(error).toMatchObject({ name: 'InsecureKeyError', address: 'a:4410' });
    expect(error.message).not.toContain('secret');
    const world = { environment: { BTRDB_ENDPOINTS: 'a:4410', BTRDB_API_KEY: '' } };
    expect(failure(() => resolve({}, world)).name).toBe('InsecureKeyError');
    expect(resolve({ endpoint: 'a:4410', apiKey: 'k', keyInClear: true }).apiKey).toBe('k');
  });
});

describe('the preset btrdb alone', () => {
  const resolve = resolver(BTRDB_PRESET);

  it.each([
    'host',
    '',
    'h::4410',
    '[::1]:4410',
    '::1:4410',
    'h:4410:4411',
    'a:4411,b:4411',
    'https://h:4411',
    'http://h',
    ':4410',
    'h:',
    'h:http',
    'h:70000',
    'h :4410',
    'u@h:4410',
  ])('connection-profiles#10: the address %j is refused with a clear message', (address) => {
    const error = failure(() => resolve({ endpoint: address }));
    expect(error).toMatchObject({ name: 'AddressError', address, message: expect.stringContaining('address:port') });
  });

  it('connection-profiles#11: port 4411 and only that means TLS', () => {
    const tls = ['4411', '4410', '443', '04411', '44110'].map(
      (port) => resolve({ endpoint: `h:${port}` }).endpoints[0]?.tls,
    );
    expect(tls).toEqual([true, false, false, false, false]);
  });

  it.each([
    ['a flat mapping', 'p:\n  endpoints: "h:4411"\n', 'p.endpoints'],
    ['an unknown member', 'p:\n  btrdb: { endpoints: "h:4411", port: 1 }\n', 'p.btrdb.port'],
    ['a key that is a number', 'p:\n  btrdb: { endpoints: "h:4411", api_key: 123 }\n', 'p.btrdb.api_key'],
    ['a list of endpoints', 'p:\n  btrdb: { endpoints: ["h:4411"] }\n', 'p.btrdb.endpoints'],
    ['a null profile', 'p:\n', 'p'],
    ['a text profile', 'p: text\n', 'p'],
    ['a null btrdb', 'p:\n  btrdb:\n', 'p.btrdb'],
  ])('connection-profiles#14 #15: %s is refused and named', (_what, text, field) => {
    const error = failure(() => resolve({ profile: 'p' }, withFile(text)));
    expect(error).toMatchObject({ name: 'CredentialsFileError', field });
  });

  it.each([
    ['a list of records', '- name: p\n  endpoints: "h:4411"\n', 'is not a mapping'],
    ["the manual's flat form", '  name: "p"\n    endpoints: "h:4411"\n    api_key: "k"\n', 'is not valid YAML'],
    ['an empty file', '', 'is empty'],
    ['broken YAML', 'p: [\n', 'is not valid YAML'],
    ['a repeated profile', 'p: {}\np: {}\n', 'is not valid YAML'],
  ])('connection-profiles#14: %s is refused, even with complete arguments', (_what, text, problem) => {
    const error = failure(() => resolve({ endpoint: 'a:4411', apiKey: 'k' }, withFile(text)));
    expect(error).toMatchObject({ name: 'CredentialsFileError', message: expect.stringContaining(problem) });
  });

  it('connection-profiles#16: a profile key that goes to another host is shown, with its origin', () => {
    const settings = resolve({ endpoint: 'other:4411' }, withFile());
    expect([settings.apiKey, settings.origins.apiKey?.layer]).toEqual(['default-key', 'profile']);
    expect(settings.warnings).toEqual([expect.stringContaining('"other:4411", another host')]);
    expect(resolve({}, withFile()).warnings).toEqual([]);
  });

  it('variables and files of Millrace have no influence', () => {
    const world: World = { environment: { MILLRACE_ENDPOINTS: 'own:4410' }, files: { [OWN_FILE]: FILE } };
    expect(failure(() => resolve({}, world)).name).toBe('NoEndpointError');
  });
});

describe('the default preset alone', () => {
  const resolve = resolver(DEFAULT_PRESET);

  it("in each layer Millrace's name beats BTrDB's when both are set", () => {
    const environment = { MILLRACE_ENDPOINTS: 'own:4411', BTRDB_ENDPOINTS: 'btrdb:4411', BTRDB_API_KEY: 'btrdb-key' };
    const settings = resolve({}, { environment });
    expect([addressOf(settings), settings.apiKey]).toEqual(['own:4411', 'btrdb-key']);
    const own = 'default:\n  btrdb: { endpoints: "own-file:4411" }\n';
    const files = { [OWN_FILE]: own, [BTRDB_FILE]: FILE };
    expect(resolve({}, { files })).toMatchObject({ endpoints: [{ host: 'own-file' }], apiKey: undefined });
    expect(addressOf(resolve({}, { files, environment: { BTRDB_PROFILE: 'research' } }))).toBe(
      'research.example.com:4411',
    );
    const profiles = { MILLRACE_PROFILE: 'keyless', BTRDB_PROFILE: 'research' };
    expect(addressOf(resolve({}, { files, environment: profiles }))).toBe('keyless.example.com:4410');
  });

  it('a broken file of BTrDB does not matter once the own file has the profile', () => {
    const files = { [OWN_FILE]: FILE, [BTRDB_FILE]: ': broken [' };
    expect(addressOf(resolve({}, { files }))).toBe('default.example.com:4411');
  });

  it('connection-profiles#10: URLs, lists and IPv6 addresses are read; what is none is refused', () => {
    const { endpoints } = resolve({ endpoint: 'https://h/base/, wss://h:8443,[::1]:4410,a:4411,http://b:7890' });
    expect(endpoints.map(({ host, port, tls, path }) => [host, port, tls, path])).toEqual([
      ['h', 443, true, '/base'],
      ['h', 8443, true, ''],
      ['::1', 4410, false, ''],
      ['a', 4411, true, ''],
      ['b', 7890, false, ''],
    ]);
    expect(resolve({ endpoint: ['a:1', 'b:2'] }).endpoints.length).toBe(2);
    for (const endpoint of ['host', 'h::4410', '::1:4410', 'ftp://h', 'https://u:p@h', 'a:1,', 'h:70000', []])
      expect(failure(() => resolve({ endpoint })).name).toBe('AddressError');
    expect(failure(() => resolve({ endpoint: 'https://u:pw@h' })).message).not.toContain('pw');
  });

  it('connection-profiles#11: TLS follows from the scheme, from tls, or from port 4411', () => {
    const tls = (endpoint: string, wanted?: boolean): unknown => {
      return resolve({ endpoint, ...(wanted !== undefined && { tls: wanted }) }).endpoints[0]?.tls;
    };
    expect([tls('h:4411'), tls('h:443'), tls('h:443', true), tls('h:4411', false), tls('https://h:1')]).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
    expect(failure(() => tls('https://h', false)).message).toContain('contradicts');
  });

  it('connection-profiles#16: a profile key is kept back from another host unless asked for', () => {
    const kept = resolve({ endpoint: 'other:4411' }, withFile());
    expect([kept.apiKey, kept.origins.apiKey]).toEqual([undefined, undefined]);
    expect(kept.warnings).toEqual([expect.stringContaining('is kept back')]);
    const asked = resolve({ endpoint: 'other:4411', keyForOtherHosts: true }, withFile());
    expect([asked.apiKey, asked.warnings.length]).toEqual(['default-key', 1]);
    const same = resolve({ endpoint: 'https://DEFAULT.example.com/' }, withFile());
    expect([same.apiKey, same.warnings]).toEqual(['default-key', []]);
  });

  it.each([
    [
      "the manual's flat form",
      '# profiles\n  name: "research"\n    endpoints: "h:4411"\n    api_key: "k"  # mine\n\n  name: "default"\n    endpoints: "d:4411"\n    api_key: ""\n',
    ],
    [
      'a list of records',
      '- { name: research, endpoints: "h:4411", api_key: "k" }\n- name: default\n  endpoints: "d:4411"\n  api_key: ""\n',
    ],
    [
      'a flat mapping',
      'research: { name: x, endpoints: ["h:4411"], api_key: "k" }\ndefault: { endpoints: "d:4411", api_key: "" }\n',
    ],
  ])('connection-profiles#14: %s is read as a whole', (_what, text) => {
    expect(resolve({ profile: 'research' }, withFile(text))).toMatchObject({ endpoints: [{ host: 'h' }], apiKey: 'k' });
    expect(resolve({}, withFile(text))).toMatchObject({ endpoints: [{ host: 'd' }], apiKey: '' });
  });

  it.each([
    ['an unknown line in the flat form', '  name: "p"\n    endpoints: "h:4411"\n    port: 1\n', { line: 3 }],
    ['a number in the flat form', '  name: "p"\n    api_key: 123\n', { line: 2, field: 'api_key' }],
    ['a member twice in the flat form', '  name: "p"\n    api_key: "a"\n    api_key: "b"\n', { line: 3 }],
    ['a record without name', '- endpoints: "h:4411"\n', { field: '[0]' }],
    ['a flat member beside btrdb', 'p: { endpoints: "a:1", btrdb: {} }\n', { field: 'p.endpoints' }],
    ['an unknown member', 'p: { endpoints: "a:1", port: 1 }\n', { field: 'p.port' }],
    ['a key that is a number', 'p: { endpoints: "a:1", api_key: 1 }\n', { field: 'p.api_key' }],
    ['broken YAML', 'ok: 1\np: [\n', { line: 3 }],
  ])('connection-profiles#14 #15: %s is refused, naming line or field', (_what, text, place) => {
    const error = failure(() => resolve({ profile: 'p' }, withFile(text)));
    expect(error).toMatchObject({ name: 'CredentialsFileError', ...place });
  });
});
