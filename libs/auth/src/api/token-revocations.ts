import type { OperationsPart } from '@millrace/core/ops';
import type { TokenRevocation } from '@millrace/accounts';

/**
 * Where it is kept which tokens do not count any more. `fileTokenRevocations()` and `redisTokenRevocations()` are two; write
 * your own over your database and try it with `TOKEN_REVOCATIONS_CONTRACT` of `@millrace/auth/testing`.
 *
 * @publicApi
 */
export abstract class TokenRevocations {
  /** What the storage says of itself to those who operate the service, beside what the module says. */
  readonly operations?: OperationsPart;

  /**
   * All that count, in any order. It is asked every few seconds; the same array once more says that nothing has changed, and
   * saves the server work.
   */
  abstract list(): Promise<readonly TokenRevocation[]>;

  /**
   * Keeps a revocation until it is over (`until`), for every process. One of all tokens of a user takes the place of the
   * user's earlier ones, and of those of the user's single tokens; the later of their ends stays.
   *
   * @throws MillraceError `CONFLICT` when there are too many
   */
  abstract add(revocation: TokenRevocation): Promise<void>;

  /** Lets go of files and connections when the application ends. */
  close?(): Promise<void>;
}
