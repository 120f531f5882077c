import { durationSchema } from '@millrace/core/options';
import { z } from 'zod';
import type { ApiKeyStore } from '../api/api-key-store.js';
import type { UserStore } from '../api/user-store.js';

const THIRTY_DAYS = 30 * 86_400_000;

const algorithm = z.enum(['HS256', 'RS256', 'ES256']);
const pem = z.string().min(1);

const keyMaterial = {
  algorithm: algorithm.optional(),
  secret: z.union([z.string().min(1), z.instanceof(Uint8Array).refine((bytes) => bytes.length > 0)]).optional(),
  privateKey: pem.optional(),
  privateKeyFile: pem.optional(),
  publicKey: pem.optional(),
  publicKeyFile: pem.optional(),
};

// No `>`, `?` or `~`: base64url writes them as `-` or `_`, which old clients cannot read.
const kid = z.string().regex(/^[\w.:@/+=-]{1,128}$/, 'use letters, digits and . : @ / + = - _');

const positive = durationSchema.refine((milliseconds) => milliseconds > 0, 'must be above 0');

const jwtSchema = z.strictObject({
  ...keyMaterial,
  keys: z
    .array(z.strictObject({ kid: kid.optional(), ...keyMaterial }))
    .min(1)
    .readonly()
    .optional(),
  algorithms: z.array(algorithm).min(1).readonly().optional(),
  issuer: z.string().min(1).optional(),
  audience: z.string().min(1).optional(),
  expiresIn: durationSchema
    .refine((milliseconds) => milliseconds >= 1000, 'must be 1 second or more')
    .default(THIRTY_DAYS),
  clockTolerance: durationSchema.default(0),
});

const cookieSchema = z.strictObject({
  secure: z.union([z.boolean(), z.literal('auto')]).default('auto'),
  sameSite: z.enum(['strict', 'lax', 'none']).default('lax'),
  path: z
    .string()
    .regex(/^\/[^;\s]*$/)
    .default('/'),
});

const throttleSchema = z.strictObject({
  limit: z.number().int().positive().default(30),
  ttl: positive.default(60_000),
});

/** One address or several; a text may hold several, parted by commas, as it comes from the environment. */
const addresses = z
  .union([z.literal(false), z.string(), z.array(z.string().min(1)).readonly()])
  .default(false)
  .transform((value) => {
    if (value === false) return [];
    if (typeof value !== 'string') return [...value];
    return value
      .split(',')
      .map((address) => address.trim())
      .filter(Boolean);
  });

const isApiKeyStore = (value: unknown): boolean =>
  typeof value === 'function' ||
  (typeof value === 'object' && value !== null && typeof (value as Partial<ApiKeyStore>).find === 'function');

const apiKeysSchema = z.strictObject({
  store: z
    .custom<ApiKeyStore | (new (...args: never[]) => ApiKeyStore)>(
      isApiKeyStore,
      'give an ApiKeyStore or a class of one',
    )
    .optional(),
  trustProxy: addresses,
  recheckInterval: positive.default(10_000),
});

const isUserStore = (value: unknown): boolean =>
  typeof value === 'function' ||
  (typeof value === 'object' && value !== null && typeof (value as Partial<UserStore>).verify === 'function');

/** Options of `AuthModule`, with their defaults. */
export const AUTH_OPTIONS_SCHEMA = z.strictObject({
  jwt: jwtSchema.prefault({}),
  users: z
    .custom<UserStore | (new (...args: never[]) => UserStore)>(isUserStore, 'give a UserStore or a class of one')
    .optional(),
  apiKeys: z.union([z.literal(false), apiKeysSchema]).prefault({}),
  developmentTokens: z.array(z.string().min(1)).readonly().default([]),
  publicAreas: z.array(z.string().min(1)).readonly().default([]),
  cookie: z.union([z.literal(false), cookieSchema]).prefault({}),
  throttle: z.union([z.literal(false), throttleSchema]).prefault({}),
  dataDirectory: z.string().min(1).default('data'),
  production: z.boolean().default(() => process.env['NODE_ENV'] === 'production'),
  protect: z.enum(['everything', 'millrace']).default('everything'),
  skipContexts: z.array(z.string()).readonly().default([]),
});

/** Checked options of `AuthModule`. */
export type AuthSettings = z.output<typeof AUTH_OPTIONS_SCHEMA>;
export type JwtSettings = AuthSettings['jwt'];
