import type { NamePattern } from '../patterns/name-pattern.js';
import { StepBudget } from '../patterns/counted-engine.js';
import type { ConnectionChange, ConnectionSnapshot } from '@millrace/protocol';
import type { WatchEvent } from '../../api/connection-registry.js';
import type { ConnectionEntry } from '../../api/connection-entry.js';
import type { LoggedChange } from '../state/change-log.js';
import type { RegistryState } from '../state/registry-state.js';

/** Changes looked at before the event loop gets its turn. */
const BATCH = 500;
/** Bytes that the pattern of one watch may keep between them. */
const MAX_KEPT = 64 * 1024;

export interface WatchInit {
  /** The state of the moment; another one when the registry had to begin anew. */
  readonly state: () => RegistryState;
  readonly snapshot: () => Promise<ConnectionSnapshot<ConnectionEntry>>;
  readonly partition: string;
  readonly pattern: NamePattern | undefined;
  /** Work the pattern may take on one batch of changes. */
  readonly maxPatternSteps: number;
  readonly dataType: string | undefined;
  readonly after: string | undefined;
  readonly signal: AbortSignal;
}

/** Text that names a place in the log of changes of one life of a registry. */
export function indexOf(state: RegistryState, number = state.log.head): string {
  return `${state.epoch}-${number}`;
}

/** The events of one watch. Each waits in the registry's log until it is asked for; there is no buffer of its own. */
export async function* watchEvents(init: WatchInit): AsyncGenerator<WatchEvent, void, undefined> {
  const { signal, after } = init;
  let state = init.state();
  let number = after === undefined ? undefined : numberOf(state, after);
  let resumed = after !== undefined;
  while (!signal.aborted) {
    const changes = number === undefined || state !== init.state() ? undefined : state.log.after(number, BATCH);
    if (!changes) {
      if (resumed) yield { type: 'gap', index: indexOf(init.state()) };
      const snapshot = await init.snapshot();
      state = init.state();
      number = numberOf(state, snapshot.index);
      yield snapshot;
      resumed = true;
      continue;
    }
    const budget = new StepBudget(init.maxPatternSteps);
    for (const change of changes) {
      number = change.number;
      const event = seenBy(init, state, change, budget);
      if (!event) continue;
      yield event;
      if (signal.aborted) return;
    }
    init.pattern?.release?.(MAX_KEPT);
    if (changes.length === BATCH) await new Promise((resolve) => setImmediate(resolve));
    else await state.log.changed(number ?? 0, signal);
  }
}

function numberOf(state: RegistryState, index: string): number | undefined {
  const [epoch, number = ''] = index.split('-');
  if (epoch !== state.epoch || !/^\d{1,15}$/.test(number)) return undefined;
  return Number(number);
}

/** A change as a watcher sees it: what stops matching has left its set, what begins to match has come into it. */
function seenBy(
  { partition, pattern, dataType }: WatchInit,
  state: RegistryState,
  change: LoggedChange,
  budget: StepBudget,
): ConnectionChange<ConnectionEntry> | undefined {
  if (change.partition !== partition) return undefined;
  const matches = (entry: ConnectionEntry): boolean =>
    (dataType === undefined || entry.dataType === dataType) && (pattern?.test(entry.uid, budget) ?? true);
  const before = change.previous ? matches(change.previous) : false;
  const now = matches(change.entry);
  const { time, type, entry, previous } = change;
  const index = indexOf(state, change.number);
  if (!previous) return now ? { type, index, time, connection: entry } : undefined;
  if (now) return { type: before ? 'changed' : 'published', index, time, connection: entry };
  return before ? { type: 'retracted', index, time, connection: previous } : undefined;
}
