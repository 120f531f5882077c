import { compareIds, type EntryId, ZERO_ID } from '@millrace/protocol';
import type {
  Dealt,
  GroupBatch,
  GroupDescription,
  GroupMember,
  GroupOptions,
  GroupSettings,
  ReleaseOptions,
  SetAsideEntry,
  StreamGroups,
} from '../../api/stream-groups.js';
import type { ReadLimit, ReadResult } from '../../api/stream-store.js';
import { canonicalId, secondsBetween } from '../../engine/entry-id.js';
import type { StreamLimits } from '../../stream-store.options.js';
import type { GroupRecord, GroupStorage } from './group-record.js';
import { ASIDE, assertGroupName, givenSettings, GROUP_DEFAULTS, noGroup, tooManyGroups } from './group-rules.js';
import { LocalGroup } from './local-group.js';

/** What the groups of a store in one process ask of it. */
export interface LocalStreams {
  /** @throws StreamNameError, or when the store is closed */
  assertUsable(stream: string): void;
  read(stream: string, after: EntryId, limit: ReadLimit): ReadResult;
  lastId(stream: string): EntryId;
  /** Kept entries behind an ID. */
  countAfter(stream: string, id: EntryId): number;
  /** Calls back when a stream has news. */
  watch(stream: string, listener: () => void): Promise<() => void>;
  /** Where a group stood that an earlier release kept by a position alone. */
  oldPosition(group: string, stream: string): EntryId | undefined;
}

/** The groups of a store that lives in one process. */
export class LocalGroups implements StreamGroups {
  private readonly streams = new Map<string, Map<string, LocalGroup>>();

  constructor(
    private readonly store: LocalStreams,
    private readonly storage: GroupStorage,
    private readonly limits: StreamLimits,
  ) {}

  /** Takes a group over from the storage. */
  load(stream: string, group: string, record: GroupRecord): void {
    this.add(stream, group, record);
  }

  /** How many groups a stream has. */
  count(stream: string): number {
    return this.streams.get(stream)?.size ?? 0;
  }

  async open(stream: string, group: string, options: GroupOptions = {}): Promise<GroupSettings> {
    this.store.assertUsable(stream);
    assertGroupName('group', group, this.limits.maxNameBytes);
    const given = givenSettings(options);
    const { after = '$' } = options;
    const start = after === '$' ? after : canonicalId(after);
    const known = this.streams.get(stream)?.get(group);
    if (known) {
      known.settings = { ...known.settings, ...given };
      if (Object.keys(given).length > 0) await this.save(stream, group, known);
      return known.settings;
    }
    if ((this.streams.get(stream)?.size ?? 0) >= this.limits.maxGroups)
      throw tooManyGroups(stream, this.limits.maxGroups);
    const last = this.store.oldPosition(group, stream) ?? (start === '$' ? this.store.lastId(stream) : start);
    const record = { ...GROUP_DEFAULTS, ...given, last, pending: [], aside: [], dropped: 0 };
    const made = this.add(stream, group, record);
    try {
      await this.save(stream, group, made);
    } catch (error) {
      this.forget(stream, group);
      throw error;
    }
    return made.settings;
  }

  async move(stream: string, group: string, after: EntryId): Promise<void> {
    const found = this.get(stream, group);
    found.moveTo(after === '$' ? this.store.lastId(stream) : canonicalId(after));
    await this.save(stream, group, found);
  }

  async take({ stream, group, consumer }: GroupMember, limit: ReadLimit): Promise<GroupBatch> {
    assertGroupName('consumer', consumer, this.limits.maxNameBytes);
    const found = this.get(stream, group);
    const batch = found.take(consumer, limit);
    if (batch.entries.length === 0 && !batch.gap && batch.setAside.length === 0) return batch;
    try {
      await this.save(stream, group, found);
    } catch (error) {
      found.release(consumer, { untouched: true });
      throw error;
    }
    return batch;
  }

  async acknowledge({ stream, group, consumer }: GroupMember, dealt: Dealt): Promise<number> {
    const found = this.streams.get(stream)?.get(group);
    if (!found) return 0;
    const held = found.acknowledge(consumer, dealt);
    if (held > 0 || dealt.gap) await this.save(stream, group, found);
    return held;
  }

  async release({ stream, group, consumer }: GroupMember, options: ReleaseOptions = {}): Promise<void> {
    const found = this.streams.get(stream)?.get(group);
    if (!found) return;
    found.release(consumer, options);
    // All else is stored as it was handed out, and nothing is held after a restart.
    if (options.untouched) await this.save(stream, group, found);
  }

  async setAside({ stream, group, consumer }: GroupMember, ids: readonly EntryId[], reason: string): Promise<void> {
    const found = this.get(stream, group);
    found.setAside(consumer, ids, reason);
    await this.save(stream, group, found);
  }

  async extend({ stream, group, consumer }: GroupMember): Promise<EntryId[]> {
    return this.streams.get(stream)?.get(group)?.extend(consumer) ?? [];
  }

  async watch(stream: string, group: string, listener: () => void): Promise<() => void> {
    const { listeners } = this.get(stream, group);
    const unwatch = await this.store.watch(stream, listener);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      unwatch();
    };
  }

  async list(stream: string): Promise<GroupDescription[]> {
    this.store.assertUsable(stream);
    const groups = [...(this.streams.get(stream) ?? [])];
    return groups
      .map(([name, group]) => this.description(stream, name, group))
      .sort((a, b) => (a.group < b.group ? -1 : 1));
  }

  async describe(stream: string, group: string): Promise<GroupDescription | undefined> {
    this.store.assertUsable(stream);
    const found = this.streams.get(stream)?.get(group);
    return found && this.description(stream, group, found);
  }

  async listSetAside(
    stream: string,
    group: string,
    { after, count }: { after?: EntryId; count: number },
  ): Promise<SetAsideEntry[]> {
    const ids = this.get(stream, group).aside.ids.filter((id) => after === undefined || compareIds(id, after) > 0);
    return ids.slice(0, count).flatMap((id) => {
      const { data: _data, ...entry } = this.storage.readAside(stream, group, id) ?? {};
      return 'id' in entry ? [entry] : [];
    });
  }

  async readSetAside(stream: string, group: string, id: EntryId): Promise<Buffer | undefined> {
    const found = this.get(stream, group);
    if (!found.aside.has(id)) return undefined;
    const { data } = this.storage.readAside(stream, group, id) ?? {};
    return data === undefined ? found.find(id)?.data : Buffer.from(data, 'base64');
  }

  async requeue(stream: string, group: string, ids: readonly EntryId[]): Promise<EntryId[]> {
    const found = this.get(stream, group);
    const again = ids.filter((id) => found.aside.has(id) && found.requeue(id));
    await this.forgetAside(stream, group, again);
    found.wake();
    return again;
  }

  async discard(stream: string, group: string, ids: readonly EntryId[]): Promise<number> {
    const known = ids.filter((id) => this.get(stream, group).aside.has(id));
    await this.forgetAside(stream, group, known);
    return known.length;
  }

  async delete(stream: string, group: string): Promise<boolean> {
    this.store.assertUsable(stream);
    const found = this.streams.get(stream)?.get(group);
    if (!found) return false;
    await this.storage.remove(stream, group, found.aside.ids);
    this.forget(stream, group);
    found.wake();
    return true;
  }

  private async forgetAside(stream: string, group: string, ids: readonly EntryId[]): Promise<void> {
    if (ids.length === 0) return;
    const found = this.get(stream, group);
    for (const id of ids) found.aside.delete(id);
    await Promise.all([
      this.save(stream, group, found),
      ...ids.map((id) => this.storage.removeAside(stream, group, id)),
    ]);
  }

  private get(stream: string, group: string): LocalGroup {
    this.store.assertUsable(stream);
    const found = this.streams.get(stream)?.get(group);
    if (!found) throw noGroup(stream, group);
    return found;
  }

  private add(stream: string, group: string, record: GroupRecord): LocalGroup {
    const made: LocalGroup = new LocalGroup(stream, record, {
      read: (after, limit) => this.store.read(stream, after, limit),
      putAside: (claim, reason, entry) => {
        const data = entry && entry.data.length <= ASIDE.copyBytes ? entry.data.toString('base64') : undefined;
        const dropped = made.aside.add(claim.id, data === undefined ? 0 : (entry?.data.length ?? 0));
        made.dropped += dropped.length;
        // Part of the transaction that stores the group; its error is the one that is reported.
        const ignore = (): undefined => undefined;
        const aside = { ...claim, at: Date.now(), reason, ...(data === undefined ? {} : { data }) };
        this.storage.saveAside(stream, group, aside).catch(ignore);
        for (const id of dropped) this.storage.removeAside(stream, group, id).catch(ignore);
      },
    });
    const groups = this.streams.get(stream) ?? new Map<string, LocalGroup>();
    this.streams.set(stream, groups.set(group, made));
    return made;
  }

  private forget(stream: string, group: string): void {
    const groups = this.streams.get(stream);
    groups?.delete(group);
    if (groups?.size === 0) this.streams.delete(stream);
  }

  private save(stream: string, group: string, { record }: LocalGroup): Promise<unknown> {
    return this.storage.save(stream, group, record);
  }

  private description(stream: string, name: string, group: LocalGroup): GroupDescription {
    return {
      group: name,
      ...group.settings,
      last: group.position,
      lag: this.store.countAfter(stream, group.position),
      lagSeconds: this.lagSeconds(stream, group.position),
      pending: group.pending,
      attempts: group.attempts,
      setAside: group.aside.size,
      dropped: group.dropped,
      consumers: group.members,
    };
  }

  /** Seconds from a place, or from the first kept entry where that lies behind it, to the newest ID. */
  private lagSeconds(stream: string, place: EntryId): number {
    const [first] = this.store.read(stream, ZERO_ID, { count: 1 }).entries;
    if (!first) return 0;
    const newest = this.store.lastId(stream);
    // Above the newest one: the stream has begun anew, and the group will get all that there is.
    const isBehind = compareIds(place, newest) <= 0 && compareIds(place, first.id) >= 0;
    return secondsBetween(isBehind ? place : first.id, newest);
  }
}
