import type { ConnectivityLimits } from '../../../connectivity.limits.js';
import type { Command } from '../../../engine/state/apply-command.js';
import type { Slot } from '../../../engine/state/partition-state.js';
import { newRevision } from '../../../engine/state/touch.js';
import type { RegistryState } from '../../../engine/state/registry-state.js';

type Publication = Extract<Command, { op: 'publish' }>;

/**
 * Publications of what lives in a state and lacks in another one, founded by an instance that knew less: with the time that
 * is left, by the same publishers and in the same order. What is there meanwhile counts more.
 *
 * @param now the time by the registry's clock, in milliseconds
 */
export function lackingIn(
  after: RegistryState,
  before: RegistryState,
  now: number,
  { maxPartitions, maxConnections }: ConnectivityLimits,
): Publication[] {
  const publications: Publication[] = [];
  for (const { name, slots, publishedAt, grace } of before.partitions.values()) {
    const known = after.partitions.get(name);
    const live = [...slots.values()].filter(
      (slot) => slot.isLive(now) && !known?.slots.get(slot.entry.uid)?.isLive(now),
    );
    const terms = { op: 'publish', partition: name, maxPartitions, maxConnections } as const;
    for (const together of inGroups(live)) {
      const [{ expiresAt, grace, publisher }] = together;
      publications.push({
        ...terms,
        connections: together.map(({ entry: { uid, uri, dataType, connectionType, capacity } }) => ({
          uid,
          uri,
          dataType,
          connectionType,
          capacity,
        })),
        ttl: Math.ceil(expiresAt - now),
        grace,
        revision: newRevision(),
        actor: publisher === undefined ? undefined : { subject: publisher, admin: false },
      });
    }
    // It stays known for a while without entries.
    const left = Math.ceil(publishedAt + grace - now);
    if (!known && live.length === 0 && left > 0)
      publications.push({ ...terms, connections: [], ttl: left, grace: left, actor: undefined });
  }
  return publications;
}

/** Slots that were published together, in the order of their first publication. */
function inGroups(slots: readonly Slot[]): [Slot, ...Slot[]][] {
  const groups: [Slot, ...Slot[]][] = [];
  for (const slot of slots) {
    const last = groups.at(-1);
    if (last && isAlike(last[0], slot)) last.push(slot);
    else groups.push([slot]);
  }
  return groups;
}

function isAlike(one: Slot, other: Slot): boolean {
  return one.expiresAt === other.expiresAt && one.grace === other.grace && one.publisher === other.publisher;
}
