import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { readEnvFile } from '@millrace/files';
import { z } from 'zod';
import { isLocal } from '../listeners/addresses.js';
import type { CertificateFiles } from '../listeners/tls/certificate.js';
import { flag } from './flag.js';
import { readRedis, REDIS_VARIABLES } from './redis-settings.js';
import { SettingsError } from './settings-error.js';

const PUBLIC_AREAS = ['connectivity', 'rpc', 'sources', 'streams'] as const;

/** Who gets something: everybody, those with a token, or nobody. */
const access = z.enum(['open', 'closed', 'off']);
const port = z.coerce.number().int().min(0).max(65_535);

const areas = z.string().transform((text, context) => {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const unknown = names.find((name) => !PUBLIC_AREAS.includes(name as (typeof PUBLIC_AREAS)[number]));
  if (unknown === undefined) return names;
  context.addIssue({ code: 'custom', message: `must name areas out of ${PUBLIC_AREAS.join(', ')}, not "${unknown}"` });
  return z.NEVER;
});

const endpoints = z.string().transform((text, context) => {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !/^\S+:\d{1,5}$/.test(name));
  if (wrong === undefined) return names;
  context.addIssue({ code: 'custom', message: `"${wrong}" is not of the form host:port` });
  return z.NEVER;
});

const SCHEMA = z.object({
  NODE_ENV: z.string().default('development'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port.default(7890),
  TLS_PORT: port.default(4411),
  TLS_CERT: z.string().min(1).optional(),
  TLS_KEY: z.string().min(1).optional(),
  TLS_SELF_SIGNED: flag.default(false),
  PLAIN_PORT: port.optional(),
  MILLRACE_REQUIRE_API_KEY: flag.default(false),
  MILLRACE_PROXY_ENDPOINTS: endpoints.optional(),
  MILLRACE_DATA_DIR: z.string().min(1).default('data'),
  MILLRACE_STORE: z.enum(['embedded', 'memory', 'redis']).optional(),
  ...REDIS_VARIABLES,
  MILLRACE_JWT_SECRET: z.string().min(32, 'give at least 32 characters').optional(),
  MILLRACE_JWT_KEY_FILE: z.string().min(1).optional(),
  MILLRACE_PUBLIC: areas.optional(),
  MILLRACE_TRUST_PROXY: z.string().optional(),
  MILLRACE_MAX_CONNECTIONS_PER_ADDRESS: z.coerce.number().int().min(1).default(3000),
  MILLRACE_SHUTDOWN_DELAY: z.coerce.number().min(0).optional(),
  MILLRACE_SHUTDOWN_TIMEOUT: z.coerce.number().min(0).default(5),
  MILLRACE_METRICS: access.default('open'),
  MILLRACE_CONSOLE: access.default('open'),
  MILLRACE_HSTS: flag.default(false),
  MILLRACE_ORIGINS: z.string().optional(),
  MILLRACE_HOSTS: z.string().optional(),
  MILLRACE_EXPOSE_DEVELOPMENT: flag.default(false),
  MILLRACE_DEMO: flag.optional(),
  MILLRACE_REVISION: z.string().default('unknown'),
  ENTRY_TTL: z.coerce.number().int().min(0).default(10),
  CONNECTION_FLASK_DEBUG: z.coerce.number().int().default(0),
  LOG_LEVEL: z.enum(['error', 'warn', 'info', 'debug', 'trace']).default('info'),
});

/** Names of the variables that are read. */
export const VARIABLES: readonly string[] = Object.keys(SCHEMA.shape);

/** Reads the settings; what the environment says beats the file. @throws SettingsError */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  if (environment === process.env) readEnvFile();
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = SCHEMA.safeParse(given);
  if (result.success) return settingsOf(result.data);
  const [issue] = result.error.issues;
  throw new SettingsError(
    `${issue?.path.join('.') ?? 'A variable'} is not valid: ${issue?.message ?? 'unknown problem'}`,
  );
}

/** Settings of the application, from the environment and a `.env` file; see `.env.example`. */
export type Settings = Readonly<ReturnType<typeof settingsOf>>;

function settingsOf(values: z.output<typeof SCHEMA>) {
  const production = values.NODE_ENV === 'production';
  const redis = readRedis(values);
  const store = values.MILLRACE_STORE ?? (redis ? 'redis' : 'embedded');
  if (store === 'redis' && !redis) {
    throw new SettingsError('REDIS_URL, REDIS_SENTINELS or REDIS_CLUSTER is needed when MILLRACE_STORE is redis');
  }
  if (production && !values.MILLRACE_JWT_SECRET && !values.MILLRACE_JWT_KEY_FILE) {
    throw new SettingsError('Production needs MILLRACE_JWT_SECRET (at least 32 characters) or MILLRACE_JWT_KEY_FILE');
  }
  const exposed = !production && !isLocal(values.HOST);
  if (exposed && !values.MILLRACE_EXPOSE_DEVELOPMENT) {
    throw new SettingsError(
      `HOST=${values.HOST} lets other machines in, and in development everybody logs in with a password that equals the name, and may do everything. ` +
        'Set NODE_ENV=production and add users, or MILLRACE_EXPOSE_DEVELOPMENT=on where everybody who reaches the port may do so',
    );
  }
  return {
    production,
    /** Whether everybody who reaches the port may log in under any name, from other machines too. */
    exposed,
    host: values.HOST,
    port: values.PORT,
    /** The listener with TLS, when there is one; without files a certificate of development is made. */
    tls: readTls(values, production),
    /** The listener which speaks gRPC without TLS, when there is one. */
    plainPort: values.PLAIN_PORT,
    /** Whether the server's information is kept from those without a key. */
    requireApiKey: values.MILLRACE_REQUIRE_API_KEY,
    /** Addresses which the server's information names, where they are not those of its own listeners. */
    proxyEndpoints: values.MILLRACE_PROXY_ENDPOINTS,
    /** As an absolute path, which messages name. */
    dataDirectory: resolve(values.MILLRACE_DATA_DIR),
    store,
    redis,
    jwtSecret: values.MILLRACE_JWT_SECRET,
    /** PEM file with a private key (RSA or P-256), in place of the secret. */
    jwtKeyFile: values.MILLRACE_JWT_KEY_FILE,
    /** Areas which need no token. */
    publicAreas: values.MILLRACE_PUBLIC ?? (production ? [] : ['connectivity', 'rpc']),
    /** Proxies whose word counts that a request came by TLS, parted by commas. */
    trustProxy: values.MILLRACE_TRUST_PROXY,
    /** Connections of one address at a time, of all ports together; those of trusted proxies are not counted. */
    maxConnectionsPerAddress: values.MILLRACE_MAX_CONNECTIONS_PER_ADDRESS,
    /** How long a shutdown waits for load balancers to look away, in seconds. */
    shutdownDelay: values.MILLRACE_SHUTDOWN_DELAY ?? (production ? 3 : 0),
    /** How long work under way may take after that, in seconds. */
    shutdownTimeout: values.MILLRACE_SHUTDOWN_TIMEOUT,
    /** Who gets `/metrics`; with `closed`, those with the scope `metrics:read`. */
    metrics: values.MILLRACE_METRICS,
    /** Who gets the console: with `open`, its documents of the API ask for no token. */
    console: values.MILLRACE_CONSOLE,
    /** Whether browsers are told to come by TLS only. */
    hsts: values.MILLRACE_HSTS,
    /** Origins of other servers whose pages may use the cookie, parted by commas. */
    origins: values.MILLRACE_ORIGINS,
    /** Names the server answers for, parted by commas; in development the one it listens at is another. */
    hosts: readHosts(values, exposed),
    /** How long a published connection lives, in seconds. */
    entryTtl: values.ENTRY_TTL,
    /** How much the registry of connections writes to the log. */
    connectivityDebug: Math.min(3, Math.max(0, values.CONNECTION_FLASK_DEBUG)) as 0 | 1 | 2 | 3,
    demo: values.MILLRACE_DEMO ?? !production,
    /** Commit this was built from; set by who builds it. */
    revision: values.MILLRACE_REVISION,
    logLevel: values.LOG_LEVEL,
  };
}

/** In development that others reach, names are looked at on every connection: a port of a container may be one of the machine. */
function readHosts({ HOST, MILLRACE_HOSTS }: z.output<typeof SCHEMA>, exposed: boolean): string | undefined {
  return exposed ? [MILLRACE_HOSTS ?? '', isIP(HOST) ? '' : HOST].join(',') : MILLRACE_HOSTS;
}

function readTls(
  { TLS_PORT, TLS_CERT, TLS_KEY, TLS_SELF_SIGNED }: z.output<typeof SCHEMA>,
  production: boolean,
): { readonly port: number; readonly certificate?: CertificateFiles } | undefined {
  if (TLS_CERT && TLS_KEY) return { port: TLS_PORT, certificate: { cert: TLS_CERT, key: TLS_KEY } };
  if (TLS_CERT) throw new SettingsError('TLS_KEY is needed with TLS_CERT: the file of its private key');
  if (TLS_KEY) throw new SettingsError('TLS_CERT is needed with TLS_KEY: the file of its certificate');
  if (!TLS_SELF_SIGNED) return undefined;
  if (production) throw new SettingsError('TLS_SELF_SIGNED is for development; production needs TLS_CERT and TLS_KEY');
  return { port: TLS_PORT };
}

/** The application's settings, by injection. */
export const SETTINGS = Symbol('reference:settings');
