import { readFileSync } from 'node:fs';
import type { SharedRedisOptions } from '@millrace/core/redis';
import { withFile } from '@millrace/files';
import { z } from 'zod';
import { flag } from './flag.js';
import { SettingsError } from './settings-error.js';

const text = z.string().min(1).optional();

/** Addresses as `host:port`, parted by commas. */
const nodes = z
  .string()
  .transform((list, context) => {
    const found = list.split(',').map((name) => /^(.+):(\d{1,5})$/.exec(name.trim()));
    if (found.every((parts) => parts !== null)) {
      return found.map(([, host = '', port]) => ({ host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) }));
    }
    context.addIssue({ code: 'custom', message: `"${list}" is not a list of addresses like host:port,host:port` });
    return z.NEVER;
  })
  .optional();

/** Variables that say where Redis is, and as whom to go there. */
export const REDIS_VARIABLES = {
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  REDIS_SENTINELS: nodes,
  REDIS_MASTER: text,
  REDIS_CLUSTER: nodes,
  REDIS_USERNAME: text,
  REDIS_PASSWORD: text,
  REDIS_SENTINEL_USERNAME: text,
  REDIS_SENTINEL_PASSWORD: text,
  REDIS_DB: z.coerce.number().int().min(0).optional(),
  REDIS_TLS: flag.optional(),
  REDIS_TLS_CA: text,
  REDIS_TLS_CERT: text,
  REDIS_TLS_KEY: text,
  REDIS_KEY_PREFIX: text,
  REDIS_START_TIMEOUT: text,
  REDIS_ALLOW_EVICTION: flag.optional(),
};

type Values = z.output<z.ZodObject<typeof REDIS_VARIABLES>>;

/** Of these one is enough. */
const PLACES = ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER'] as const;

/** Redis for streams, registry and everything else, and the variable that names it. */
export interface RedisPlace {
  readonly variable: (typeof PLACES)[number];
  readonly options: SharedRedisOptions;
}

/** The Redis of the environment; undefined where it names none. @throws SettingsError */
export function readRedis(values: Values): RedisPlace | undefined {
  const [variable, second] = PLACES.filter((name) => values[name] !== undefined);
  if (variable === undefined) return undefined;
  if (second !== undefined) throw new SettingsError(`${second} must not stand beside ${variable}: give one of them`);
  if (values.REDIS_SENTINELS && values.REDIS_MASTER === undefined) {
    throw new SettingsError('REDIS_MASTER is needed with REDIS_SENTINELS: the name of the master that they watch');
  }
  const tls = readTls(values);
  const options = {
    url: values.REDIS_URL,
    sentinels: values.REDIS_SENTINELS,
    name: values.REDIS_MASTER,
    cluster: values.REDIS_CLUSTER,
    username: values.REDIS_USERNAME,
    password: values.REDIS_PASSWORD,
    sentinelUsername: values.REDIS_SENTINEL_USERNAME,
    sentinelPassword: values.REDIS_SENTINEL_PASSWORD,
    db: values.REDIS_DB,
    tls,
    keyPrefix: values.REDIS_KEY_PREFIX,
    startTimeout: values.REDIS_START_TIMEOUT,
    allowEviction: values.REDIS_ALLOW_EVICTION,
  };
  return { variable, options };
}

function readTls(values: Values): SharedRedisOptions['tls'] {
  const { REDIS_TLS: on, REDIS_TLS_CA: ca, REDIS_TLS_CERT: cert, REDIS_TLS_KEY: key } = values;
  if ((cert === undefined) !== (key === undefined)) {
    throw new SettingsError('REDIS_TLS_CERT and REDIS_TLS_KEY belong together: a certificate and its private key');
  }
  if (ca === undefined && cert === undefined) return on;
  return { ...(ca && { ca: read(ca) }), ...(cert && key && { cert: read(cert), key: read(key) }) };
}

function read(path: string): Buffer {
  return withFile(path, () => readFileSync(path));
}
