import type { ApiKeyInfo, IssuedApiKey } from '@millrace/protocol';
import { ProtocolError } from '../errors/connection.errors.js';
import type { ServerLink } from '../link/server-link.js';
import type { CallLimits } from '../timing/call-limits.js';

/** What a new API key is to be. */
export interface NewKey {
  /** For people: who or what will use it. */
  readonly name: string;
  /** For example `['streams:read:camera*']`; nobody can give a scope that they do not hold. */
  readonly scopes: readonly string[];
  /** A time, or text as `90d` or `2030-01-31T12:00:00Z`. @default never */
  readonly expires?: Date | string | null | undefined;
}

/**
 * The API keys of a server, for those who hold the scope `keys:admin`.
 *
 * @publicApi
 */
export class Keys {
  /** @internal made by `connect()` */
  constructor(private readonly link: ServerLink) {}

  /** All keys without their secrets, oldest first, those that have run out too. */
  async list(limits?: CallLimits): Promise<ApiKeyInfo[]> {
    return (await this.link.json({ path: 'keys' }, limits)) as ApiKeyInfo[];
  }

  /**
   * Makes a key. The answer holds it for the only time, so the server gives it on TLS connections and on its own machine only.
   *
   * @throws ForbiddenError when a scope goes beyond the caller's, or the connection is not encrypted
   */
  async create({ name, scopes, expires = null }: NewKey, limits?: CallLimits): Promise<IssuedApiKey> {
    const body = { name, scopes, expires: expires instanceof Date ? expires.toISOString() : expires };
    const made = (await this.link.json({ method: 'POST', path: 'keys', body }, limits)) as
      Partial<IssuedApiKey> | undefined;
    if (typeof made?.key !== 'string') throw new ProtocolError('The answer of POST /keys holds no key');
    return made as IssuedApiKey;
  }

  /** Revokes a key; sockets that were opened with it are closed. @throws NotFoundError when no key has this id */
  async revoke(id: string, limits?: CallLimits): Promise<void> {
    await this.link.text({ method: 'DELETE', path: `keys/${encodeURIComponent(id)}` }, limits);
  }
}
