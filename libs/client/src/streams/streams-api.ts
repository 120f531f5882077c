import type {
  DeletedStream,
  PairHeader,
  StreamEntry,
  StreamGap,
  StreamMetadata,
  WireGroup,
  WireSetAsideEntry,
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

  /** The groups of consumers of a stream. */
  async groups(stream: string, limits?: CallLimits): Promise<GroupInfo[]> {
    const found = await this.link.json({ path: `streams/${pathOfStreams([stream])}/groups` }, limits);
    return (found as WireGroup[]).map(groupInfoOf);
  }

  /** What a group has set aside, the first 1000 entries of it. */
  async setAside(stream: string, group: string, limits?: CallLimits): Promise<WireSetAsideEntry[]> {
    const path = `streams/${pathOfStreams([stream])}/groups/${encodeURIComponent(group)}/aside?count=1000`;
    return (await this.link.json({ path }, limits)) as WireSetAsideEntry[];
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
}

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
