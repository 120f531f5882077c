import type { ConnectivityLimits } from '../../../connectivity.limits.js';
import { applyCommand } from '../../../engine/state/apply-command.js';
import { RegistryState } from '../../../engine/state/registry-state.js';
import type { ReplyCache } from '../../../engine/state/reply-cache.js';
import { restoreSnapshot, type StateSnapshot } from '../../../engine/state/state-snapshot.js';
import { type Ancestor, readAncestors } from '../log/ancestors.js';
import { type LogEntry, type Position, LOG_VERSION } from '../log/log-entry.js';
import { BrokenLogError, isOfAnotherType, NewerReleaseError } from '../log/registry-errors.js';
import { BEGINNING, type RegistryLog } from '../log/registry-log.js';

/** A state as it follows from snapshot and log. */
export interface LoadedState {
  readonly state: RegistryState;
  /** The last command applied. */
  readonly position: Position;
  /** The last command of the snapshot. */
  readonly snapshotCount: number;
  /** The logs from which this one goes on. */
  readonly from: readonly Ancestor[];
  /** Ids of commands that the snapshot holds, the last ones only. */
  readonly recent: readonly string[];
  /** What became of the commands after it. */
  readonly outcomes: readonly CommandOutcome[];
}

export interface CommandOutcome {
  readonly commandId: string;
  /** Why the command had no effect. */
  readonly error?: unknown;
}

type Fields = Partial<Record<string, string>>;

/** What states are made with. */
export interface StateParts {
  readonly limits: ConnectivityLimits;
  readonly replies: ReplyCache;
}

/**
 * Loads the snapshot, and applies what the log holds after it. Where they do not go together, that is made known to all
 * instances.
 *
 * @throws BrokenLogError @throws NewerReleaseError
 */
export async function loadState(log: RegistryLog, parts: StateParts): Promise<LoadedState> {
  const fields = await log.snapshot();
  const begun = beginning(fields, parts) ?? (await unnamed(log, fields, parts));
  if (!begun) {
    await log.condemn(fields['count']);
    throw new BrokenLogError('its snapshot cannot be read');
  }
  let { position } = begun;
  const outcomes: CommandOutcome[] = [];
  for (;;) {
    const entries = await log.after(position.id);
    if (entries.length === 0) return { ...begun, position, outcomes };
    for (const { id, entry } of entries) {
      if (entry?.count !== position.count + 1) {
        await log.condemn(fields['count'], id);
        throw new BrokenLogError('its log has an entry that is not the next command');
      }
      position = entry;
      outcomes.push(...applyEntry(begun.state, entry));
    }
  }
}

/** What can be read of a broken registry when no instance has it in memory. @throws NewerReleaseError */
export async function salvageState(log: RegistryLog, parts: StateParts): Promise<LoadedState> {
  const fields = await unlessOfAnotherType(log.snapshot(), {});
  const begun = beginning(fields, parts) ?? emptyState('none', parts);
  let { position } = begun;
  const outcomes: CommandOutcome[] = [];
  for (;;) {
    const entries = await unlessOfAnotherType(log.after(position.id), []);
    if (entries.length === 0) return { ...begun, position, outcomes };
    for (const { id, entry } of entries) {
      position = { count: position.count, id };
      // Commands are missing before it, perhaps; those after them still say what lives.
      if (!entry || entry.count <= position.count) continue;
      position = entry;
      outcomes.push(...applyEntry(begun.state, entry));
    }
  }
}

/** What fails does so alike on every instance. */
export function applyEntry(state: RegistryState, { commands, time }: LogEntry): CommandOutcome[] {
  return commands.map(({ id: commandId, command }) => {
    try {
      applyCommand(state, command, time);
      return { commandId };
    } catch (error) {
      return { commandId, error };
    }
  });
}

export function emptyState(epoch: string, { limits, replies }: StateParts): LoadedState {
  const state = new RegistryState(epoch, limits, 0, replies);
  return { state, position: BEGINNING, snapshotCount: 0, from: [], recent: [], outcomes: [] };
}

/** @returns undefined when no snapshot can be read @throws NewerReleaseError */
function beginning(fields: Fields, { limits, replies }: StateParts): LoadedState | undefined {
  if (Number(fields['v'] ?? 1) > LOG_VERSION) throw new NewerReleaseError();
  const { state: text, id = '', recent = '[]' } = fields;
  const count = Number(fields['count']);
  if (!text || !Number.isSafeInteger(count) || !/^\d+-\d+$/.test(id)) return undefined;
  try {
    const state = restoreSnapshot(JSON.parse(text) as StateSnapshot, limits, replies);
    const from = readAncestors(fields['from']);
    return {
      state,
      position: { count, id },
      snapshotCount: count,
      from,
      recent: JSON.parse(recent) as string[],
      outcomes: [],
    };
  } catch {
    return undefined;
  }
}

/** An earlier release begins a log without a snapshot; its first entry names it. */
async function unnamed(log: RegistryLog, fields: Fields, parts: StateParts): Promise<LoadedState | undefined> {
  if (fields['count'] !== undefined) return undefined;
  return emptyState((await log.firstId()).replaceAll('-', '.'), parts);
}

async function unlessOfAnotherType<T>(reading: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (isOfAnotherType(error)) return otherwise;
    throw error;
  }
}
