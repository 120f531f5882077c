import type { Type } from '@nestjs/common';
import type { Duration } from '@millrace/protocol';
import type { ApiKeyStore } from '../api/api-key-store.js';
import type { UserStore } from '../api/user-store.js';

/** Algorithms by which tokens are signed. */
export type TokenAlgorithm = 'HS256' | 'RS256' | 'ES256';

/** One key of the ring. Give `secret`, or a private key (which can sign), or a public key (which only verifies). */
export interface TokenKeyOptions {
  /** Name of the key in the header of its tokens. At most one key may go without. */
  kid?: string;
  /** @default what the key itself says: HS256 for a secret, RS256 for an RSA key, ES256 for a key on P-256 */
  algorithm?: TokenAlgorithm;
  secret?: string | Uint8Array;
  /** Private key as PEM text. */
  privateKey?: string;
  /** Path of a PEM file with the private key. */
  privateKeyFile?: string;
  /** Public key as PEM text. */
  publicKey?: string;
  /** Path of a PEM file with the public key. */
  publicKeyFile?: string;
}

export interface JwtOptions extends Omit<TokenKeyOptions, 'kid'> {
  /**
   * Several keys, for rotation: the first one which can sign does, all verify. Put a new key first, and take the old one
   * away when its last token has run out. In place of the single key's fields.
   */
  keys?: readonly TokenKeyOptions[];
  /** Algorithms which are let in at all. @default those of the keys */
  algorithms?: readonly TokenAlgorithm[];
  /** Written into tokens as `iss` and asked of them. */
  issuer?: string;
  /** Written into tokens as `aud` and asked of them. */
  audience?: string;
  /** How long a token lives. @default '30d' */
  expiresIn?: Duration;
  /** How far clocks may be apart when `exp` and `nbf` are checked. @default 0 */
  clockTolerance?: Duration;
}

export interface CookieOptions {
  /** Whether `Secure` is set: always, never, or when the request came by TLS. @default 'auto' */
  secure?: boolean | 'auto';
  /** @default 'lax' */
  sameSite?: 'strict' | 'lax' | 'none';
  /** @default '/' */
  path?: string;
}

export interface LoginThrottleOptions {
  /** Attempts at `POST /token` from one address within `ttl`, good ones too. @default 30 */
  limit?: number;
  /** @default '1m' */
  ttl?: Duration;
}

export interface ApiKeyOptions {
  /**
   * Where the keys are kept: a store, or a class of yours (made by Nest, so that it can have things injected).
   * @default `fileApiKeys({ file: '<dataDirectory>/api-keys.json' })`
   */
  store?: ApiKeyStore | Type<ApiKeyStore>;
  /**
   * Proxies whose `X-Forwarded-Proto: https` makes a connection a secure one, and whose `X-Forwarded-For` says whose a
   * wrong password of a protocol's own login is: addresses, networks as `10.0.0.0/8`, and the
   * names `loopback`, `linklocal` and `uniquelocal`; a text may hold several, parted by commas. @default false, none
   */
  trustProxy?: string | readonly string[] | false;
  /** How often the keys of live sockets are looked up again; a revoked one closes its sockets. @default '10s' */
  recheckInterval?: Duration;
}

export interface AuthOptions {
  /** Keys and claims of the tokens. Development makes a random secret of its own; production must have one. */
  jwt?: JwtOptions;
  /**
   * Who may have a token: a store, or a class of yours (made by Nest, so that it can have things injected).
   * @default `developmentUsers()`; in production `fileUsers({ path: '<dataDirectory>/users.json' })`
   */
  users?: UserStore | Type<UserStore>;
  /** API keys, on secure connections; false turns them off. */
  apiKeys?: ApiKeyOptions | false;
  /** Exact strings which are let in as tokens, with every scope. Refused in production. @default [] */
  developmentTokens?: readonly string[];
  /** Areas which need no token, for example `['connectivity', 'rpc']`. @default [] */
  publicAreas?: readonly string[];
  /** Cookie which `POST /token` sets; false for none, cookies are not looked at then. */
  cookie?: CookieOptions | false;
  /** Limit of login attempts; false for none. */
  throttle?: LoginThrottleOptions | false;
  /** Where the secret of development and the file of users are kept. @default 'data' */
  dataDirectory?: string;
  /** Turns the settings of development off. @default NODE_ENV === 'production' */
  production?: boolean;
  /**
   * `everything`: what is not `@Public()` is closed. `millrace`: only classes which carry Millrace's own metadata are
   * guarded, so that a host with its own authentication can live beside it. @default 'everything'
   */
  protect?: 'everything' | 'millrace';
  /** Types of execution contexts which are let through, for example `['rmq']`. @default [] */
  skipContexts?: readonly string[];
}
