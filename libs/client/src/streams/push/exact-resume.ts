import { compareIds } from '@millrace/protocol';
import type { IdClock } from './id-clock.js';
import { ForeignEntryError } from '../stream.errors.js';
import type { PushUnit } from './push-unit.js';

/**
 * Finds out after a cut what a stream has of a push that gives the IDs itself. It must be the only one that pushes: the
 * stream's last ID is then always one of its own, and tells all.
 */
export class ExactResume {
  /** The last ID known to be stored: of this push, or of the stream as it was at the beginning. */
  private known: string | undefined;

  constructor(
    private readonly stream: string,
    private readonly clock: IdClock,
    private readonly askLastId: (signal: AbortSignal) => Promise<string>,
  ) {}

  acknowledged({ lastId }: PushUnit): void {
    this.known = lastId;
  }

  /**
   * How many of the first waiting units are stored.
   *
   * @throws ForeignEntryError when somebody else pushed: what became of the waiting ones cannot be told then
   */
  async countStored(pending: readonly PushUnit[], signal: AbortSignal): Promise<number> {
    const last = await this.askLastId(signal);
    this.clock.passed(last);
    const { known } = this;
    const index = pending.findIndex(({ lastId }) => lastId === last);
    // A lower one than before: the stream was deleted meanwhile.
    if (index < 0 && known !== undefined && compareIds(last, known) > 0) throw new ForeignEntryError(this.stream, last);
    this.known = last;
    return index + 1;
  }
}
