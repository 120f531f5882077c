import { ClientError } from '../../errors/client.error.js';

/** Somebody else pushed to the stream of a push that has to be the only one (`exactlyOnce`). */
export class ForeignEntryError extends ClientError {
  readonly code = 'FOREIGN_ENTRY';

  constructor(
    readonly stream: string,
    /** The entry that is not of this push. */
    readonly id: string,
  ) {
    super(`Somebody else pushed ${id} to "${stream}", so that it cannot be told which entries of this push are stored`);
  }
}
