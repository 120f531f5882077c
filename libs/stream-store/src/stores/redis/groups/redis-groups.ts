import { Logger } from '@nestjs/common';
import { isCluster, type RedisClient, type RedisScript } from '@millrace/core/redis';
import { type EntryId, readIdParts, thrownText, ZERO_ID } from '@millrace/protocol';
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
} from '../../../api/stream-groups.js';
import type { ReadLimit } from '../../../api/stream-store.js';
import { canonicalId } from '../../../engine/entry-id.js';
import { quoted } from '../../../engine/quoted.js';
import type { StreamLimits } from '../../../stream-store.options.js';
import {
  assertGroupName,
  givenDelay,
  givenSettings,
  GROUP_DEFAULTS,
  noGroup,
  tooManyGroups,
} from '../../groups/group-rules.js';
import type { RedisKeys } from '../redis-keys.js';
import { ReadSize } from '../redis-reader.js';
import { AsideReader } from './aside-reader.js';
import { GROUP_KEYS, NO_GROUP } from './group-lua.js';
import { type BatchReply, batchOf, descriptionOf, settingsOf } from './group-replies.js';
import { withTexts } from './group-replies.js';
import {
  ACKNOWLEDGE,
  DELETE_GROUP,
  DESCRIBE_GROUP,
  DISCARD,
  EXTEND,
  MOVE_GROUP,
  OPEN_GROUP,
  RELEASE_HELD,
  REQUEUE,
  SET_ASIDE,
} from './group-scripts.js';
import { TAKE } from './take-script.js';

/** Data that one take may bring, about. */
const TAKE_BYTES = 4 * 1024 * 1024;

type Values = readonly (string | number)[];

interface GroupsHost {
  assertUsable(stream: string): void;
  watch(stream: string, listener: () => void): Promise<() => void>;
  ask<T>(question: () => Promise<T>): Promise<T>;
}

/** Groups as Redis itself keeps them; each step is one script, so all processes see one order. */
export class RedisGroups implements StreamGroups {
  private readonly logger = new Logger('RedisStore');
  private readonly size = new ReadSize();
  private readonly aside: AsideReader;
  private readonly inCluster: boolean;

  constructor(
    private readonly redis: RedisClient,
    private readonly keys: RedisKeys,
    private readonly limits: StreamLimits,
    private readonly host: GroupsHost,
  ) {
    this.inCluster = isCluster(redis);
    this.aside = new AsideReader(redis);
  }

  async open(stream: string, group: string, options: GroupOptions = {}): Promise<GroupSettings> {
    this.host.assertUsable(stream);
    assertGroupName('group', group, this.limits.maxNameBytes);
    const { ordered, idle, maxDeliveries } = givenSettings(options);
    const { after = '$' } = options;
    const asked = after === '$' ? after : canonicalId(after);
    const start = (await this.oldPosition(group, stream)) ?? asked;
    const { ordered: inOrder, idle: usual, maxDeliveries: most } = GROUP_DEFAULTS;
    const given = [flag(ordered), idle ?? '', maxDeliveries ?? ''];
    const defaults = [flag(inOrder), usual, most];
    const reply = await this.run(OPEN_GROUP, stream, group, [start, ...given, ...defaults, this.limits.maxGroups]);
    if (reply === null) throw tooManyGroups(stream, this.limits.maxGroups);
    return settingsOf(reply as string[]);
  }

  async move(stream: string, group: string, after: EntryId): Promise<void> {
    await this.run(MOVE_GROUP, stream, group, [after === '$' ? after : canonicalId(after)]);
  }

  async take(
    { stream, group, consumer }: GroupMember,
    { count, maxBytes = TAKE_BYTES }: ReadLimit,
  ): Promise<GroupBatch> {
    assertGroupName('consumer', consumer, this.limits.maxNameBytes);
    const most = Math.min(count, this.size.entriesFor(Math.min(maxBytes, TAKE_BYTES)));
    const reply = await this.send(TAKE, stream, group, [consumer, most]);
    return batchOf(stream, reply as BatchReply, this.size);
  }

  async acknowledge({ stream, group, consumer }: GroupMember, { ids = [], gap = false }: Dealt): Promise<number> {
    return Number(await this.run(ACKNOWLEDGE, stream, group, [consumer, flag(gap), ...ids]));
  }

  async release({ stream, group, consumer }: GroupMember, options: ReleaseOptions = {}): Promise<void> {
    const { ids, delay, untouched = false, leave = false } = options;
    const flags = [givenDelay(delay), flag(untouched), flag(leave), flag(ids !== undefined)];
    await this.run(RELEASE_HELD, stream, group, [consumer, ...flags, ...(ids ?? [])]);
  }

  async setAside({ stream, group, consumer }: GroupMember, ids: readonly EntryId[], reason: string): Promise<void> {
    await this.run(SET_ASIDE, stream, group, [consumer, reason, ...ids]);
  }

  async extend({ stream, group, consumer }: GroupMember): Promise<EntryId[]> {
    return (await this.run(EXTEND, stream, group, [consumer])) as EntryId[];
  }

  async watch(stream: string, group: string, listener: () => void): Promise<() => void> {
    const signal = this.keys.nameOf(this.key('signal', stream, group));
    const ends = await Promise.all([this.host.watch(stream, listener), this.host.watch(signal, listener)]);
    return () => ends.forEach((end) => end());
  }

  async list(stream: string): Promise<GroupDescription[]> {
    this.host.assertUsable(stream);
    const names = await this.host.ask(() => this.redis.smembers(this.key('all', stream)));
    const found = await Promise.all(names.sort().map((group) => this.describe(stream, group)));
    return found.filter((description) => description !== undefined);
  }

  async describe(stream: string, group: string): Promise<GroupDescription | undefined> {
    const reply = await this.run(DESCRIBE_GROUP, stream, group);
    return reply === null ? undefined : descriptionOf(group, reply as unknown[]);
  }

  async listSetAside(
    stream: string,
    group: string,
    limit: { after?: EntryId; count: number },
  ): Promise<SetAsideEntry[]> {
    await this.assertThere(stream, group);
    return this.host.ask(() => this.aside.list(this.key('aside', stream, group), limit));
  }

  async readSetAside(stream: string, group: string, id: EntryId): Promise<Buffer | undefined> {
    await this.assertThere(stream, group);
    const [, , aside = '', copies = ''] = this.keysOf(stream, group);
    return this.host.ask(() => this.aside.read({ stream: this.keys.stream(stream), aside, copies }, id));
  }

  async requeue(stream: string, group: string, ids: readonly EntryId[]): Promise<EntryId[]> {
    return (await this.run(REQUEUE, stream, group, ids)) as EntryId[];
  }

  async discard(stream: string, group: string, ids: readonly EntryId[]): Promise<number> {
    return Number(await this.run(DISCARD, stream, group, ids));
  }

  async delete(stream: string, group: string): Promise<boolean> {
    const existed = Number(await this.run(DELETE_GROUP, stream, group)) === 1;
    // The position of an earlier release goes too, or a new group of this name would begin there.
    await this.host.ask(() => this.redis.hdel(this.keys.positions(group), stream));
    return existed;
  }

  /** To be called when a stream was deleted: its groups are kept for a while, for one that begins anew. */
  async streamDeleted(stream: string, seconds: number): Promise<void> {
    const all = this.key('all', stream);
    const groups = await this.redis.smembers(all);
    if (groups.length === 0) return;
    const kept = groups.flatMap((group) => this.keysOf(stream, group).slice(1));
    await Promise.all([...kept, all].map((key) => this.redis.expire(key, seconds)));
  }

  /** Where a group stood that an earlier release kept by a position alone. */
  private async oldPosition(group: string, stream: string): Promise<EntryId | undefined> {
    const key = this.keys.positions(group);
    const id = await this.host.ask(() => this.redis.hget(key, stream));
    if (id === null || readIdParts(id)) return id ?? undefined;
    this.logger.error(
      `The position of the group "${group}" in the stream "${stream}" is ${quoted(id)} and not an entry ID, in the key ${key} of Redis; the group gets all that is kept once more`,
    );
    return ZERO_ID;
  }

  private async assertThere(stream: string, group: string): Promise<void> {
    this.host.assertUsable(stream);
    if (!(await this.host.ask(() => this.redis.exists(this.key('state', stream, group))))) throw noGroup(stream, group);
  }

  private async run(script: RedisScript, stream: string, group: string, more: Values = []): Promise<unknown> {
    return withTexts(await this.send(script, stream, group, more));
  }

  private send(script: RedisScript, stream: string, group: string, more: Values): Promise<unknown> {
    this.host.assertUsable(stream);
    const keys = this.keysOf(stream, group);
    return this.host.ask(async () => {
      try {
        return await script.runForBuffers(this.redis, keys, [group, flag(this.inCluster), ...more]);
      } catch (error) {
        throw thrownText(error).includes(NO_GROUP) ? noGroup(stream, group) : error;
      }
    });
  }

  private keysOf(stream: string, group: string): string[] {
    return GROUP_KEYS.map((what) =>
      what === 'stream' ? this.keys.stream(stream) : this.key(what, stream, what === 'all' ? undefined : group),
    );
  }

  private key(what: string, stream: string, group?: string): string {
    return this.keys.group(what, stream, group, this.inCluster);
  }
}

function flag(value: boolean | undefined): '' | '0' | '1' {
  return value === undefined ? '' : value ? '1' : '0';
}
