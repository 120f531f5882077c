import { join } from 'node:path';
import { RecordsFile } from '../files/records.js';
import {
  isRevocationOver,
  makeRevocation,
  revocationKey,
  TOKEN_REVOCATION,
  type TokenRevocation,
  type WhatToRevoke,
  withRevocation,
} from './token-revocation.js';

const KIND = {
  what: 'revoked tokens',
  list: 'revoked',
  shape: TOKEN_REVOCATION,
  idOf: revocationKey,
};

/**
 * Revoked tokens in a file that only its owner may read. It is replaced in one step, and read again when it has changed: a
 * server notices within seconds what another process revokes.
 *
 * @example
 * ```ts
 * await RevokedTokensFile.in('data').revoke({ user: 'alice' });
 * ```
 * @publicApi
 */
export class RevokedTokensFile {
  private readonly revocations: RecordsFile<TokenRevocation>;
  private content: ReadonlyMap<string, TokenRevocation> | undefined;
  private listed: readonly TokenRevocation[] = [];

  /** @param path the file; it need not exist yet */
  constructor(readonly path: string) {
    this.revocations = new RecordsFile(path, KIND);
  }

  /** The file of revoked tokens in a server's data folder (`MILLRACE_DATA_DIR`), where users.json lies too. */
  static in(folder: string): RevokedTokensFile {
    return new RevokedTokensFile(join(folder, 'revoked-tokens.json'));
  }

  /**
   * Revokes one token by its id, or all that a user has had until now.
   *
   * @throws AccountError when name or id cannot be taken, or there are too many
   */
  revoke(what: WhatToRevoke): Promise<void> {
    return this.add(makeRevocation(what, null));
  }

  /** Adds a revocation that was made elsewhere. @throws AccountError `conflict` when there are too many */
  add(revocation: TokenRevocation): Promise<void> {
    return this.revocations.change((before, replace) => replace(withRevocation(before, revocation)));
  }

  /** All that count; the same array again while the file stays as it is. */
  async list(): Promise<readonly TokenRevocation[]> {
    const content = await this.revocations.current();
    if (content === this.content) return this.listed;
    const now = Date.now();
    this.listed = [...content.values()].filter((revocation) => !isRevocationOver(revocation, now));
    this.content = content;
    return this.listed;
  }
}
