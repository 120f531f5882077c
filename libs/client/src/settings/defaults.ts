// What holds where an option is left out. The tables of the README and the comments show these values; a test compares them.

/** How patiently a server is looked for. */
export const PATIENCE_DEFAULTS = {
  maxAttempts: null,
  maxPause: '5s',
  connectTimeout: '10s',
  silenceTimeout: '60s',
  timeout: '30s',
} as const;

/** Options of `connect()`, besides those of its patience. */
export const CONNECT_DEFAULTS = {
  check: true,
  keyForOtherHosts: false,
  keyInClear: false,
  maxAttempts: 1,
  maxReconnects: null,
} as const;

/** Settings of a `Connector`. */
export const RPC_CONNECTOR_DEFAULTS = {
  tls: null,
  maxAttempts: 1,
  attemptPeriod: '0.1s',
  connectTimeout: '10s',
  requestTimeout: 0,
  closeTimeout: '1s',
  retryGatewayErrors: false,
  failAllOnGeneralError: false,
  maxMessageBytes: 268_435_456,
  maxLoggedFrame: 1000,
} as const;

/** Options of a push. */
export const PUSH_DEFAULTS = {
  window: 256,
  windowBytes: 8_388_608,
  batch: false,
} as const;

/** When entries that were sent one by one leave together. */
export const BATCH_DEFAULTS = {
  entries: 100,
  bytes: 1_048_576,
  delay: '10ms',
} as const;

/** Options of a pull. */
export const PULL_DEFAULTS = {
  after: '$',
  count: 100,
  follow: true,
  latest: false,
} as const;

/** Options with what holds where they are left out; an option that is undefined counts as left out. */
export function withDefaults<Options extends object, Defaults extends Partial<Options>>(
  options: Options,
  defaults: Defaults,
): Omit<Options, keyof Defaults> & { [Name in keyof Defaults & keyof Options]-?: Exclude<Options[Name], undefined> } {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...defaults, ...given } as never;
}
