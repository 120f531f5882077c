import type {
  DeletedStream,
  EntryId,
  PairHeader,
  StreamEntry,
  StreamGap,
  StreamMetadata,
  WireGroup,
  WireSetAsideEntry,
  WireStreamNumbers,
} from '@millrace/protocol';
import type { ServerLink } from '../link/server-link.js';
import type { CallLimits } from '../timing/call-limits.js';
import { type GroupInfo, groupInfoOf } from './group-info.js';
import { type ConsumedEntry, consumeEntries, type ConsumeOptions } from './pull/consume-entries.js';
import { pullEntries } from './pull/pull-entries.js';
import type { PullOptions } from './pull/pull-options.js';
import { readHeader, readPair } from './pull/pull-message.js';
import { PlainPusher } from './push/plain-pusher.js';
import type { PlainPushOptions, PushOptions } from './push/push-options.js';
import { StreamPusher } from './push/stream-pusher.js';
import { pathOfStreams, readMetadata, readStreamInfo, type StreamInfo } from './stream-info.js';
import { type StreamNumbersOptions, type StreamNumbers, streamNumbersOf } from './stream-numbers.js';
import { pathOfAside, pathOfGroups, type QueryFields, searchText } from './stream-paths.js';
import { StreamGapError } from './stream.errors.js';

/** Options of {@link StreamsApi.read}. */
export interface ReadOptions extends CallLimits {
  /** An ID, `0` or `*`; one for all streams, or one a stream. @default '*' */
  after?: string | readonly string[];
  /** Entries of each stream; a server may give fewer. @default 1 */
  count?: number;
  /** Hears of streams whose entries after the given ID are gone in part; without it that is a {@link StreamGapError}. */
  onGap?: (gap: StreamGap) => void;
}

/** Options of {@link StreamsApi.setMetadata}. */
export interface SetMetadataOptions extends CallLimits {
  /** Replace what is there, instead of merging. @default false */
  override?: boolean;
}

/** Options of {@link StreamsApi.openGroup}; what is not given of the last three stays as it is, or has its default. */
export interface OpenGroupOptions extends CallLimits {
  /** Where a group begins that is not there: an ID, `0` for the first entry, `$` for what comes. @default '$' */
  after?: string;
  /** One batch is out at a time, so the stream is handled in order. @default true */
  ordered?: boolean;
  /** Milliseconds after which what a silent consumer holds goes to another one. @default 30000 */
  idle?: number;
  /** How often an entry is handed out before it is set aside. @default 10 */
  maxDeliveries?: number;
}

/** Options of {@link StreamsApi.setAside}. */
export interface SetAsideOptions extends CallLimits {
  /** Only entries with greater IDs: the last one of the answer before. */
  after?: string;
  /** At most so many, up to 1000. @default 1000 */
  count?: number;
}

/**
 * The streams of a server.
 *
 * @publicApi
 */
export class StreamsApi {
  /** @internal made by `connect()` */
  constructor(private readonly link: ServerLink) {}

  /** Pushes entries to a stream, each acknowledged with its ID; with `ack: false` without. */
  push(stream: string, options: PlainPushOptions): PlainPusher;
  push(stream: string, options?: PushOptions): StreamPusher;
  push(stream: string, options?: PushOptions | PlainPushOptions): StreamPusher | PlainPusher {
    return options?.ack === false
      ? new PlainPusher(this.link, stream, options)
      : new StreamPusher(this.link, stream, options);
  }

  /**
   * Iterates over the entries of one or more streams, through cuts of the connection, until all of them have been ended for good
   * ({@link end}).
   */
  pull(streams: string | readonly string[], options?: PullOptions): AsyncGenerator<StreamEntry, void, undefined> {
    return pullEntries(this.link, typeof streams === 'string' ? [streams] : streams, options);
  }

  /**
   * Iterates over the entries that a group hands out to this consumer, at least once. An entry is acknowledged when the next one
   * is asked for; one at which the iteration ends is handed out again.
   */
  consume(
    streams: string | readonly string[],
    options: ConsumeOptions,
  ): AsyncGenerator<ConsumedEntry, void, undefined> {
    return consumeEntries(this.link, typeof streams === 'string' ? [streams] : streams, options);
  }

  /** The groups of consumers of a stream, sorted by their names. */
  async groups(stream: string, limits?: CallLimits): Promise<GroupInfo[]> {
    const found = await this.link.json({ path: pathOfGroups(stream) }, limits);
    return (found as WireGroup[]).map(groupInfoOf);
  }

  /** One group. @throws NotFoundError where no group has this name */
  async group(stream: string, group: string, limits?: CallLimits): Promise<GroupInfo> {
    return groupInfoOf((await this.link.json({ path: pathOfGroups(stream, group) }, limits)) as WireGroup);
  }

  /** Makes a group where there is none, and sets what is given of its settings. The stream need not be there yet. */
  openGroup(
    stream: string,
    group: string,
    { after, ordered, idle, maxDeliveries, ...limits }: OpenGroupOptions = {},
  ): Promise<GroupInfo> {
    return this.putGroup(stream, group, { after, ordered, idle, max_deliveries: maxDeliveries }, limits);
  }

  /**
   * Moves the place of a group: its consumers go on with what lies behind it. What they hold counts as handed out no more;
   * what was set aside stays so.
   *
   * @param after an ID, `0` for the first entry, `$` for what comes
   * @throws NotFoundError where there is no such group
   */
  moveGroup(stream: string, group: string, after: string, limits?: CallLimits): Promise<GroupInfo> {
    return this.putGroup(stream, group, { after, move: true }, limits);
  }

  /** Deletes a group with what it has set aside. @returns whether there was one */
  async deleteGroup(stream: string, group: string, limits?: CallLimits): Promise<boolean> {
    return (await this.link.json({ method: 'DELETE', path: pathOfGroups(stream, group) }, limits)) as boolean;
  }

  /** What a group has set aside, in the order of the IDs. */
  async setAside(
    stream: string,
    group: string,
    { after, count = MOST_ASIDE, ...limits }: SetAsideOptions = {},
  ): Promise<WireSetAsideEntry[]> {
    const path = `${pathOfGroups(stream, group)}/aside${searchText({ count, after })}`;
    return (await this.link.json({ path }, limits)) as WireSetAsideEntry[];
  }

  /** The bytes of an entry that was set aside. @throws NotFoundError where it is not, or its bytes are kept no more */
  async readSetAside(stream: string, group: string, id: EntryId, limits?: CallLimits): Promise<Uint8Array> {
    return (await this.link.exchange({ path: pathOfAside(stream, group, id) }, limits)).bytes;
  }

  /**
   * Hands an entry out again that was set aside, with deliveries counted anew.
   *
   * @param id an ID, or `*` for all
   * @returns the IDs of those that the stream still keeps
   */
  async requeue(stream: string, group: string, id: EntryId, limits?: CallLimits): Promise<EntryId[]> {
    const path = pathOfAside(stream, group, id);
    return (await this.link.json({ method: 'POST', path }, limits)) as EntryId[];
  }

  /** Forgets an entry that was set aside. @param id an ID, or `*` for all @returns how many there were */
  async discard(stream: string, group: string, id: EntryId, limits?: CallLimits): Promise<number> {
    return (await this.link.json({ method: 'DELETE', path: pathOfAside(stream, group, id) }, limits)) as number;
  }

  /** Entries as they are now, without waiting: after an ID, or (`*`) the newest; at most `count` of each stream. */
  async read(
    streams: string | readonly string[],
    { after = '*', count = 1, onGap, ...limits }: ReadOptions = {},
  ): Promise<StreamEntry[]> {
    const names = typeof streams === 'string' ? [streams] : streams;
    const ids = typeof after === 'string' ? names.map(() => after) : after;
    const path = `data/${pathOfStreams(names)}?count=${count}&last_entry_id=${ids.map(encodeURIComponent).join('+')}`;
    const { reply, bytes } = await this.link.exchange({ path }, limits);
    const header = readHeader(reply.header('entry-offset') ?? '[]');
    const entries = Array.isArray(header) ? [...readPair(header as PairHeader, bytes)] : [];
    for (const gap of gapsOf(reply.header('entry-gap'), names, ids, entries)) {
      if (!onGap) throw new StreamGapError(gap);
      // A promise that it returns is waited for, so that its failure reaches the caller.
      await (onGap(gap) as unknown);
    }
    return entries;
  }

  /** The numbers of the streams that the caller may read, in the order of their names: cheap, also for thousands of streams. */
  async statistics({ match, after, count, ...limits }: StreamNumbersOptions = {}): Promise<StreamNumbers[]> {
    const found = await this.link.json(
      { path: `streams${searchText({ statistics: true, match, after, count })}` },
      limits,
    );
    return (found as WireStreamNumbers[]).map(streamNumbersOf);
  }

  /** Names of the streams the caller may read, sorted. */
  async list(limits?: CallLimits): Promise<string[]> {
    return (await this.link.json({ path: 'streams' }, limits)) as string[];
  }

  /** The same with what is known of each. */
  async listInfo(limits?: CallLimits): Promise<StreamInfo[]> {
    return ((await this.link.json({ path: 'streams?info=true' }, limits)) as unknown[]).map(readStreamInfo);
  }

  /** What is known of one stream; `exists` is false when it has had no entry. */
  async info(stream: string, limits?: CallLimits): Promise<StreamInfo> {
    return readStreamInfo(await this.link.json({ path: `streams/${pathOfStreams([stream])}` }, limits));
  }

  /** The metadata of a stream. */
  async metadata(stream: string, limits?: CallLimits): Promise<StreamMetadata | undefined> {
    return (await this.info(stream, limits)).metadata;
  }

  /** Merges fields into a stream's metadata, or replaces them; answers what is stored now. */
  async setMetadata(
    stream: string,
    metadata: StreamMetadata,
    { override = false, ...limits }: SetMetadataOptions = {},
  ): Promise<StreamMetadata> {
    const path = `streams/${pathOfStreams([stream])}?override=${override}`;
    return readMetadata(await this.link.json({ method: 'PUT', path, body: metadata }, limits)) ?? {};
  }

  /**
   * Ends a stream for good: it takes no more entries, and every pull of it ends when it has given all. Once more changes nothing.
   *
   * @throws ResponseError 404 for a stream that has never had an entry
   */
  async end(stream: string, limits?: CallLimits): Promise<StreamInfo> {
    const path = `streams/${pathOfStreams([stream])}/close`;
    return readStreamInfo(await this.link.json({ method: 'POST', path }, limits));
  }

  /** Deletes streams with their metadata; unknown ones are not an error. */
  async delete(streams: string | readonly string[], limits?: CallLimits): Promise<DeletedStream[]> {
    const names = typeof streams === 'string' ? [streams] : streams;
    const path = `streams/${pathOfStreams(names)}`;
    const numbers = (await this.link.json({ method: 'DELETE', path }, limits)) as number[];
    return names.map((stream, index) => {
      const [metadata = 0, entries = 0, existed = 0] = numbers.slice(index * 3, index * 3 + 3);
      return { stream, existed: existed > 0, entries, metadata: metadata > 0 };
    });
  }

  private async putGroup(stream: string, group: string, query: QueryFields, limits?: CallLimits): Promise<GroupInfo> {
    const path = `${pathOfGroups(stream, group)}${searchText(query)}`;
    return groupInfoOf((await this.link.json({ method: 'PUT', path }, limits)) as WireGroup);
  }
}

/** Entries of one list of what was set aside, at most. */
const MOST_ASIDE = 1000;

/** Gaps by the names in a reply's header; `*` stands for streams too many to name. */
function* gapsOf(
  header: string | undefined,
  names: readonly string[],
  ids: readonly string[],
  entries: readonly StreamEntry[],
): Generator<StreamGap> {
  if (header === undefined) return;
  const told = JSON.parse(header) as string[];
  for (const [index, stream] of names.entries()) {
    const after = ids[index] ?? '*';
    if (after === '*' || !(told.includes(stream) || told.includes('*'))) continue;
    yield { stream, after, first: entries.find((entry) => entry.stream === stream)?.id };
  }
}
