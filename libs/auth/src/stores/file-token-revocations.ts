import { RevokedTokensFile } from '@millrace/accounts';
import type { TokenRevocations } from '../api/token-revocations.js';
import { asStoreError } from './store-error.js';

export interface FileTokenRevocationsOptions {
  /** The file; it need not exist yet. The command `millrace` and `RevokedTokensFile` of `@millrace/accounts` write it too. */
  readonly file: string;
}

/**
 * Revoked tokens in a file that only its owner may read. It is replaced in one step, and read again when it has changed.
 */
export function fileTokenRevocations({ file }: FileTokenRevocationsOptions): TokenRevocations {
  return revocationsIn(new RevokedTokensFile(file));
}

export function revocationsIn(file: RevokedTokensFile): TokenRevocations & { readonly path: string } {
  return {
    path: file.path,
    list: () => file.list(),
    add: (revocation) => file.add(revocation).catch(asStoreError),
  };
}
