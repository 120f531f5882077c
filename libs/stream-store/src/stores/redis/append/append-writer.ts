import { pause } from '@millrace/protocol';
import type { RedisServer } from '@millrace/core/redis';
import { StoreUnavailableError } from '../../../api/store.errors.js';
import type { AppendCommands, RedisCommand, AppendOutcome, Reply } from './append-commands.js';
import { outcomeOf } from './append-commands.js';
import type { AppendGroup } from './append-group.js';
import type { AppendRoutes, AppendTarget } from './append-routes.js';

/** Commands that are larger than this on average, in bytes, are written each by itself: that saves a copy of them. */
const LARGE_COMMAND = 4096;

/** Before a group is sent to another server once more: its slot moves. */
const PAUSE_MS = 50;

/** Sends groups of entries, and sees to those that could not be stored where, or how, they were sent first. */
export class AppendWriter {
  /**
   * @param patience how long a group is sent from server to server, in milliseconds
   * @param onBegun called with the streams of a group, before it is answered, when one of them was not there before
   */
  constructor(
    private readonly routes: AppendRoutes,
    private readonly commands: AppendCommands,
    private readonly patience: number,
    private readonly onBegun: (streams: readonly string[]) => void,
  ) {}

  /** Sends groups to one server, in one write. Resolves when all have been answered; it never rejects. */
  async write(groups: readonly AppendGroup[]): Promise<void> {
    const [first] = groups;
    if (!first) return;
    const outcomes = await this.attempt(groups, () => this.routes.to(this.commands.key(first)));
    for (const [index, group] of groups.entries()) {
      const outcome = outcomes[index] as AppendOutcome;
      if (isSettled(outcome)) continue;
      // Another process has begun its stream, or taught Redis its script, in between: its place is gone.
      const isOvertaken = groups.some(
        (other, place) => place > index && isStored(outcomes[place]) && group.meets(other),
      );
      if (isOvertaken) group.failed(new StoreUnavailableError());
      else await this.repeat(group, outcome);
    }
  }

  private async repeat(group: AppendGroup, first: AppendOutcome): Promise<void> {
    const end = performance.now() + this.patience;
    const key = this.commands.key(group);
    let refusals = 0;
    for (let last = first; !isSettled(last);) {
      const { state } = last;
      if (state === 'absent') group.begins = true;
      if (state === 'forgotten') group.byText = true;
      const refusal = state === 'elsewhere' ? last.error : undefined;
      if (refusal !== undefined) {
        if (performance.now() > end) return group.failed(refusal);
        if ((refusals += 1) > 1) await pause(PAUSE_MS);
      }
      const route = (): Promise<AppendTarget> =>
        refusal === undefined ? this.routes.to(key) : this.routes.onFrom(refusal, key);
      [last] = (await this.attempt([group], route)) as [AppendOutcome];
    }
  }

  /** Sends groups once, and settles those whose outcome is final. */
  private async attempt(groups: readonly AppendGroup[], route: () => Promise<AppendTarget>): Promise<AppendOutcome[]> {
    let sent: Promise<Reply[]>[];
    try {
      sent = this.send(await route(), groups);
    } catch (error) {
      return groups.map((group) => this.settle(group, { state: 'failed', error }));
    }
    return Promise.all(
      groups.map(async (group, index) => this.settle(group, outcomeOf(group, (await sent[index]) as Reply[]))),
    );
  }

  private send({ server, asking }: AppendTarget, groups: readonly AppendGroup[]): Promise<Reply[]>[] {
    // A client that is not connected may keep what it is given, and send it on a connection that has not been looked at.
    if (server.status !== 'ready') throw new StoreUnavailableError();
    const { tells } = this.routes;
    const all: RedisCommand[] = [];
    const places = groups.map((group) => {
      if (asking) all.push(['ASKING', []]);
      const from = all.length;
      all.push(...this.commands.of(group));
      const to = all.length;
      // Readers that miss it come a little later: its answer does not matter.
      if (tells && group.mode !== 'check') all.push(['SPUBLISH', [this.commands.key(group), '']]);
      return [from, to] as const;
    });
    let bytes = 0;
    for (const group of groups) bytes += group.bytes;
    const replies = write(server, all, bytes / all.length < LARGE_COMMAND);
    return places.map(([from, to]) => Promise.all(replies.slice(from, to)));
  }

  private settle(group: AppendGroup, outcome: AppendOutcome): AppendOutcome {
    if (outcome.state === 'failed') group.failed(outcome.error);
    if (!isStored(outcome)) return outcome;
    if (outcome.begun) this.onBegun([...group.streams]);
    if (outcome.state === 'stored') group.stored(outcome.ids);
    else group.answered(outcome.answers);
    return outcome;
  }
}

type StoredOutcome = AppendOutcome & { readonly state: 'stored' | 'answered' };

const isStored = (outcome: AppendOutcome | undefined): outcome is StoredOutcome =>
  outcome?.state === 'stored' || outcome?.state === 'answered';

const isSettled = (outcome: AppendOutcome): boolean => isStored(outcome) || outcome.state === 'failed';

/** Writes commands one behind the other, small ones all at once. The replies never reject. */
function write(server: RedisServer, commands: readonly RedisCommand[], small: boolean): Promise<Reply>[] {
  const pipeline = small && commands.length > 1 ? server.pipeline() : undefined;
  const to = pipeline ?? server;
  const replies = commands.map(
    ([name, values]) =>
      new Promise<Reply>((resolve) => {
        void to.call(name, values, (reason, value) =>
          resolve(reason ? { status: 'rejected', reason } : { status: 'fulfilled', value }),
        );
      }),
  );
  void pipeline?.exec();
  return replies;
}
