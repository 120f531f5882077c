import { ResultTooLargeError } from '../../api/connectivity.errors.js';
import type { ListQuery } from '../../api/connection-registry.js';
import type { ConnectivityLimits } from '../../connectivity.limits.js';
import type { NamePattern } from '../patterns/name-pattern.js';
import { StepBudget } from '../patterns/counted-engine.js';
import type { ConnectionEntry } from '../../api/connection-entry.js';
import type { PartitionState, Slot } from './partition-state.js';

/** Live slots that match, in the order of first publication. @throws PatternError @throws ResultTooLargeError */
export function findSlots(
  partition: PartitionState,
  pattern: NamePattern | undefined,
  dataType: string | undefined,
  now: number,
  limits: ConnectivityLimits,
): Slot[] {
  const found = matching(partition, pattern, dataType, limits).filter((slot) => slot.isLive(now));
  if (found.length > limits.maxResults) throw new ResultTooLargeError(limits.maxResults);
  return inOrder(found);
}

/** Slots that match, expired ones too unless they are left out, in the order of first publication. @throws PatternError */
export function listSlots(
  { slots }: PartitionState,
  pattern: NamePattern | undefined,
  { dataType, live = false, count = Infinity }: ListQuery,
  now: number,
  { maxPatternSteps }: ConnectivityLimits,
): Slot[] {
  const budget = new StepBudget(maxPatternSteps);
  const found: Slot[] = [];
  // The index by data type has live ones only.
  for (const slot of slots.values()) {
    if (found.length >= count) break;
    const { entry } = slot;
    if (live && !slot.isLive(now)) continue;
    if (dataType !== undefined && entry.dataType !== dataType) continue;
    if (pattern && !pattern.test(entry.uid, budget)) continue;
    found.push(slot);
  }
  return found;
}

/** The JSON list of connectivity§3.2. */
export function replyOf(slots: readonly Slot[]): Buffer {
  let text = '[';
  for (const { entry } of slots) text += text.length === 1 ? entry.json : `,${entry.json}`;
  return Buffer.from(`${text}]`);
}

export function entriesOf(slots: readonly Slot[]): ConnectionEntry[] {
  return slots.map(({ entry }) => entry);
}

function matching(
  partition: PartitionState,
  pattern: NamePattern | undefined,
  dataType: string | undefined,
  limits: ConnectivityLimits,
): Slot[] {
  if (!pattern) return partition.candidates(dataType, '');
  if (pattern.kind === 'literal') {
    const slot = partition.slots.get(pattern.head);
    return slot && (dataType === undefined || slot.entry.dataType === dataType) ? [slot] : [];
  }
  const candidates = partition.candidates(dataType, pattern.head);
  const budget = new StepBudget(limits.maxPatternSteps);
  return candidates.filter(({ entry }) => pattern.test(entry.uid, budget));
}

function inOrder(slots: Slot[]): Slot[] {
  for (let at = 1; at < slots.length; at += 1) {
    if ((slots[at - 1] as Slot).order > (slots[at] as Slot).order)
      return slots.sort((left, right) => left.order - right.order);
  }
  return slots;
}
