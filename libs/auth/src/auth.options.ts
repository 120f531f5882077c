import type { Type } from '@nestjs/common';
import {
  countSchema,
  defineOptions,
  durationSchema,
  OptionsError,
  type OptionsOf,
  secret,
  type SettingsOf,
  timeoutSchema,
} from '@millrace/core/options';
import { canonicalOrigin } from '@millrace/core/security';
import { z } from 'zod';
import type { ApiKeyStore } from './api/api-key-store.js';
import type { LoginLimits } from './api/login-limits.js';
import type { TokenRevocations } from './api/token-revocations.js';
import type { ManagedUserStore, UserStore } from './api/user-store.js';

const pem = z.string().min(1);

/** One or several texts; one may hold several, separated by commas, as it comes from the environment. */
const several = z.union([z.string(), z.array(z.string().min(1)).readonly()]).transform(split);
const addresses = z
  .union([z.literal(false), z.string(), z.array(z.string().min(1)).readonly()])
  .transform((value) => (value === false ? [] : split(value)));

function split(value: string | readonly string[]): string[] {
  if (typeof value !== 'string') return [...value];
  return value
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
}

const origins = several.transform((texts, context) =>
  texts.map((text) => {
    const origin = canonicalOrigin(text.replace(/\/$/, ''));
    if (origin !== undefined) return origin;
    context.addIssue({
      code: 'custom',
      message: `must have origins such as https://pages.example.org, without a path, not "${text}"`,
    });
    return z.NEVER;
  }),
);

const hosts = several.refine((names) => names.every((name) => /^(\*|(\*\.)?[\w.-]+)$/.test(name)), {
  message: 'must have host names without a port, such as hub.example.org, *.example.org, or * for all',
});

/** One key: a secret, or a private key (which can sign), or a public key (which only verifies). */
const keyShape = {
  /**
   * Algorithm of the key, `HS256`, `RS256` or `ES256`, to check it at start.
   *
   * @default what the key itself says
   */
  algorithm: z.enum(['HS256', 'RS256', 'ES256']).optional(),
  /**
   * Secret for HS256; production needs 32 bytes.
   *
   * @default made in development, and kept in `dataDirectory`
   */
  secret: secret(z.union([z.string().min(1), z.instanceof(Uint8Array).refine((bytes) => bytes.length > 0)]).optional()),
  /** Private key as PEM text: RSA of 2048 bits or more is RS256, P-256 is ES256. */
  privateKey: secret(pem.optional()),
  /** Path of a PEM file with the private key. */
  privateKeyFile: pem.optional(),
  /** Public key as PEM text. Alone it verifies tokens of another server, and `POST /token` answers 501. */
  publicKey: pem.optional(),
  /** Path of a PEM file with the public key. */
  publicKeyFile: pem.optional(),
};

const listedKey = z.strictObject({
  /** Name of the key in the header of its tokens. At most one key may go without. */
  kid: z
    .string()
    // No `>`, `?` or `~`: base64url writes them as `-` or `_`, which old clients cannot read.
    .regex(/^[\w.:@/+=-]{1,128}$/, 'must have 1 to 128 letters, digits and . : @ / + = - _')
    .optional(),
  ...keyShape,
});

const apiKeys = z.strictObject({
  /**
   * Where the keys are kept: an `ApiKeyStore`, or a class of one, which Nest makes.
   *
   * @default `fileApiKeys` on `<dataDirectory>/api-keys.json`
   */
  store: z
    .custom<ApiKeyStore | Type<ApiKeyStore>>(isStoreWith('find'), 'must be an ApiKeyStore or a class of one')
    .optional(),
  /**
   * Addresses and networks (`10.0.0.0/8`) of proxies whose `X-Forwarded-Proto` counts, and whose `X-Forwarded-For` says where a
   * wrong password comes from; also `loopback`, `linklocal`, `uniquelocal`; as a list, or separated by commas.
   *
   * @default none
   */
  trustProxy: addresses.default([]),
  /** How often the keys of live sockets are looked up again; a revoked one closes its sockets. */
  recheckInterval: timeoutSchema.default(10_000),
});

const revocations = z.strictObject({
  /**
   * Where it is kept which tokens were revoked: a `TokenRevocations`, or a class of one, which Nest makes.
   *
   * @default `fileTokenRevocations` on `<dataDirectory>/revoked-tokens.json`
   */
  store: z
    .custom<TokenRevocations | Type<TokenRevocations>>(
      isStoreWith('list'),
      'must be TokenRevocations or a class of them',
    )
    .optional(),
  /**
   * How often the store is looked at; what lives by a revoked token ends then. When four looks in a row fail, tokens are refused
   * with 503 until one succeeds.
   */
  recheckInterval: timeoutSchema.default(2000),
  /**
   * How long it is kept that the tokens of a user were revoked, at least: longer than any token may live, those of other issuers
   * and those from before `jwt.expiresIn` was shortened too.
   */
  keepFor: durationSchema
    .refine((milliseconds) => milliseconds >= 1000, 'must be 1 second or more')
    .default(30 * 86_400_000),
});

const cookie = z.strictObject({
  /** Whether `Secure` is set: always, never, or `'auto'`, when the request came by TLS. */
  secure: z.union([z.boolean(), z.literal('auto')]).default('auto'),
  /** `SameSite` of the cookie: `'strict'`, `'lax'` or `'none'`. */
  sameSite: z.enum(['strict', 'lax', 'none']).default('lax'),
  /** `Path` of the cookie. */
  path: z
    .string()
    .regex(/^\/[^;\s]*$/, 'must begin with "/" and have no spaces and semicolons')
    .default('/'),
});

const throttle = z.strictObject({
  /**
   * Attempts at `POST /token` from one address within `ttl`, right ones too; and wrong passwords for one name from one address
   * where a protocol logs in by a message of its own.
   */
  limit: countSchema.default(30),
  /** How long attempts count, from the first of them. */
  ttl: timeoutSchema.default(60_000),
  /**
   * Where attempts are counted: `LoginLimits`, or a class of them, which Nest makes. When it is out of reach, nobody can log in.
   *
   * @default `memoryLoginLimits()`: each instance by itself
   */
  store: z
    .custom<LoginLimits | Type<LoginLimits>>(isStoreWith('begin'), 'must be LoginLimits or a class of them')
    .optional(),
});

const shape = {
  jwt: {
    ...keyShape,
    /**
     * Several such keys, each with a `kid`, for rotation: the first that can sign signs, all verify.
     *
     * Put a new key first, and take the old one away when its last token has run out.
     */
    keys: z.array(listedKey).min(1).readonly().optional(),
    /**
     * Algorithms that are accepted at all; a token never chooses.
     *
     * @default those of the keys
     */
    algorithms: z.array(keyShape.algorithm.unwrap()).min(1).readonly().optional(),
    /** Written into tokens as `iss`, and required of them. */
    issuer: z.string().min(1).optional(),
    /** Written into tokens as `aud`, and required of them. */
    audience: z.string().min(1).optional(),
    /** How long a token is valid. */
    expiresIn: durationSchema
      .refine((milliseconds) => milliseconds >= 1000, 'must be 1 second or more')
      .default(30 * 86_400_000),
    /** How far clocks may differ when `exp` and `nbf` are checked. */
    clockTolerance: durationSchema.default(0),
  },
  /**
   * Who may have a token: a `UserStore`, or a class of one, which Nest makes.
   *
   * @default `developmentUsers()`; in production `fileUsers` on `<dataDirectory>/users.json`
   */
  users: z
    .custom<UserStore | Type<UserStore>>(isStoreWith('verify'), 'must be a UserStore or a class of one')
    .optional(),
  /**
   * Whom `/users` lists, adds and removes: a `ManagedUserStore`, or a class of one, which Nest makes. Logins ask `users`.
   *
   * @default the store of `users` if it is a `ManagedUserStore`; else `/users` answers 501
   */
  managedUsers: z
    .custom<ManagedUserStore | Type<ManagedUserStore>>(
      isStoreWith('remove'),
      'must be a ManagedUserStore or a class of one',
    )
    .optional(),
  /**
   * API keys, on secure connections. `false`: no keys are accepted, and `/keys` answers 501.
   *
   * @default on
   */
  apiKeys: z.union([z.literal(false), apiKeys]).prefault({}),
  /** Tokens that do not count any more. */
  revocations: revocations.prefault({}),
  /** Exact strings that are accepted as tokens with every scope, for example `PTG_PRINTED_TOKEN`; refused in production. */
  developmentTokens: secret(z.array(z.string().min(1)).readonly()).default([]),
  /** Areas that need no token, for example `['connectivity', 'rpc']`. */
  publicAreas: z.array(z.string().min(1)).readonly().default([]),
  /**
   * The cookie that `POST /token` sets. `false`: none is set, and cookies are not looked at.
   *
   * @default on
   */
  cookie: z.union([z.literal(false), cookie]).prefault({}),
  /**
   * Origins of other servers whose pages may use the cookie, for example `https://pages.example.org`, and in development change what
   * is open; as a list, or separated by commas.
   */
  origins: origins.default([]),
  /**
   * Names that this server answers for, without a port, `*.example.org` for all below it, `*` for all; others get 421. Addresses,
   * names without a dot and the name of the machine count always. As a list, or separated by commas.
   *
   * @default all; in development, on loopback, those that count always
   */
  hosts: hosts.optional(),
  /**
   * Limit of login attempts. `false`: no limit.
   *
   * @default on
   */
  throttle: z.union([z.literal(false), throttle]).prefault({}),
  /** Where the secret of development, the file of users, the file of keys and that of revoked tokens are kept. */
  dataDirectory: z.string().min(1).default('data'),
  /**
   * Refuses settings of development. Without it, pages of other origins cannot log in or change what is open, see `origins`.
   *
   * @default `NODE_ENV === 'production'`
   */
  production: z.boolean().default(() => process.env['NODE_ENV'] === 'production'),
  /**
   * `'everything'`: what is not `@Public()` is closed. `'millrace'`: only classes with `@AccessArea` or `@RequireScopes` are
   * guarded, beside an authentication of your own.
   */
  protect: z.enum(['everything', 'millrace']).default('everything'),
  /** Types of execution contexts that are not guarded, for example `['rmq']`; `'rpc'` stands for messages of microservices, not for JSON-RPC. */
  skipContexts: z.array(z.string()).readonly().default([]),
  /** Leave the routes at their paths where the host has a global prefix. */
  ignoreGlobalPrefix: z.boolean().default(false),
};

export const AUTH_OPTIONS = defineOptions('AuthModule', shape, (schema) =>
  schema.refine(({ production, developmentTokens }) => !production || developmentTokens.length === 0, {
    path: ['developmentTokens'],
    message: 'must be left out in production: these tokens are a setting of development',
  }),
);

/** An option that only what it names can prove wrong: a key, a store, an address. @param path for example `jwt.keys.0` */
export function optionError(path: string, fault: string): OptionsError {
  return new OptionsError(AUTH_OPTIONS.name, path, fault);
}

export interface AuthOptions extends OptionsOf<typeof shape> {}

/** Checked options of `AuthModule`. */
export type AuthSettings = SettingsOf<typeof shape>;

/** Options of one key of the ring. */
export type TokenKeyOptions = z.input<typeof listedKey>;

export type TokenAlgorithm = NonNullable<TokenKeyOptions['algorithm']>;

/** A store, or a class of one: told by the method every store has. */
function isStoreWith(method: string): (value: unknown) => boolean {
  return (value) =>
    typeof value === 'function' ||
    (typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[method] === 'function');
}
