import type { ServerLink } from '../link/server-link.js';
import type { CallLimits } from '../timing/call-limits.js';

/**
 * Ends tokens: one's own, or those of others with the scope `users:admin`. Sockets that were opened with them are closed.
 *
 * @publicApi
 */
export class Tokens {
  /** @internal made by `connect()` */
  constructor(private readonly link: ServerLink) {}

  /** Revokes all tokens that a user has; those that the user gets from now on count. */
  async revokeOf(user: string, limits?: CallLimits): Promise<void> {
    await this.link.text({ method: 'DELETE', path: `tokens?user=${encodeURIComponent(user)}` }, limits);
  }

  /** Revokes the token with an id, which `millrace.session()` says of one's own. */
  async revoke(id: string, limits?: CallLimits): Promise<void> {
    await this.link.text({ method: 'DELETE', path: `tokens/${encodeURIComponent(id)}` }, limits);
  }
}
