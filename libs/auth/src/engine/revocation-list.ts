import type { TokenRevocation } from '@millrace/accounts';
import type { Principal } from '@millrace/core/security';

interface UserRevocation {
  readonly epoch: string;
  /** Milliseconds since 1970. */
  readonly revoked: number;
}

/** Revoked tokens as they are known at one moment, so that a request costs two look-ups and asks no store. */
export class RevocationList {
  private readonly tokens = new Set<string>();
  private readonly users = new Map<string, UserRevocation[]>();

  constructor(revocations: Iterable<TokenRevocation> = []) {
    for (const revocation of revocations) this.take(revocation);
  }

  /** What a token of a user names that is issued now: the revocations it comes after. */
  epochsOf(user: string): readonly string[] {
    return (this.users.get(user) ?? []).map(({ epoch }) => epoch);
  }

  /** Whether a token, or a login by password, counts. */
  holds({ subject, token }: Principal): boolean {
    if (!token) return true;
    if (token.id !== undefined && this.tokens.has(token.id)) return false;
    const ofUser = this.users.get(subject);
    if (!ofUser) return true;
    // Clocks differ, and much can happen in one second: what was issued here is told by epochs alone.
    const { epochs, issuedAt = -Infinity } = token;
    return ofUser.every(({ epoch, revoked }) => epochs.includes(epoch) || issuedAt >= revoked);
  }

  private take({ user, token, epoch, revoked }: TokenRevocation): void {
    if (token !== null) this.tokens.add(token);
    else if (user !== null) {
      const others = this.users.get(user) ?? [];
      this.users.set(user, [...others, { epoch, revoked: Date.parse(revoked) }]);
    }
  }
}
