import { compareParts, readIdParts, type StreamEntry, type StreamGap, ZERO_ID } from '@millrace/protocol';
import { ConfigurationError } from '../../errors/client.error.js';
import type { ServerLink } from '../../link/server-link.js';
import { PULL_DEFAULTS } from '../../settings/defaults.js';
import { pathOfStreams, patientInfo, type StreamInfo } from '../stream-info.js';
import type { PullOptions } from './pull-options.js';

/** Where a pull is in each of its streams, and where it ends. */
export class Cursors {
  private readonly ends = new Map<string, string>();
  /** Where the caller wants it to end. */
  private readonly until = new Map<string, string>();
  /** Streams that were ended for good. */
  private readonly over = new Set<string>();
  /** What is known at the beginning to be gone: streams that were deleted since the ID that was given. */
  readonly gaps: StreamGap[] = [];

  private constructor(
    private readonly names: readonly string[],
    private readonly at: Map<string, string>,
    private readonly follow: boolean,
    /** The newest only: said by the cursor `-`, which is an ID after a cut. */
    private readonly latest: boolean,
    private readonly ask: (stream: string) => Promise<StreamInfo>,
  ) {}

  /**
   * Makes `$` an ID, so that what comes during a cut before the first entry is not left out, also by a server that does not tell
   * its cursors. A pull that ends must find out by itself when an ID lies above the stream's end, and when all behind it is gone.
   */
  static async begin(
    link: ServerLink,
    names: readonly string[],
    { after = PULL_DEFAULTS.after, follow = PULL_DEFAULTS.follow, until }: PullOptions,
    signal: AbortSignal,
  ): Promise<Cursors> {
    const given = typeof after === 'string' ? [after] : after;
    const ask = (stream: string): Promise<StreamInfo> => patientInfo(link, stream, signal);
    const cursors = new Cursors(names, new Map(), follow, given.includes('-'), ask);
    const lasts = readUntil(until);
    await Promise.all(
      names.map(async (stream, index) => {
        const cursor = given[index % given.length] ?? '$';
        cursors.at.set(stream, cursor);
        const last = lasts[index % lasts.length];
        if (last !== undefined) cursors.until.set(stream, last);
        if (cursor !== '$' && follow) return;
        const { lastGeneratedId, firstEntry, lastEntry } = await ask(stream);
        if (cursor === '$') cursors.at.set(stream, lastGeneratedId);
        else if (isAbove(cursor, lastGeneratedId)) cursors.gaps.push(cursors.fromBeginning(stream, firstEntry));
        else if (lastEntry === undefined && isAbove(lastGeneratedId, cursor) && isAbove(cursor, ZERO_ID))
          cursors.gaps.push({ stream, after: cursor, first: undefined });
        if (!follow && lastEntry !== undefined) cursors.ends.set(stream, lastEntry);
      }),
    );
    return cursors;
  }

  /**
   * Looks whether the ends are still there: a stream that was deleted, or a server that came back with less, may never reach them.
   *
   * @returns what is gone: the server sees no gap where a cursor still fits
   */
  async lookAtEnds(): Promise<StreamGap[]> {
    const gaps: StreamGap[] = [];
    await Promise.all(
      [...this.ends].map(async ([stream, end]) => {
        const { lastGeneratedId, firstEntry, lastEntry } = await this.ask(stream);
        if (!isAbove(end, lastGeneratedId)) return;
        if (lastEntry === undefined) this.ends.delete(stream);
        else this.ends.set(stream, lastEntry);
        if (isAbove(this.at.get(stream) ?? '$', lastGeneratedId)) gaps.push(this.fromBeginning(stream, firstEntry));
        else gaps.push({ stream, after: lastGeneratedId, first: undefined });
      }),
    );
    return gaps;
  }

  /** Goes on from the beginning of a stream that ends below the cursor. */
  private fromBeginning(stream: string, first: string | undefined): StreamGap {
    const after = this.at.get(stream) ?? ZERO_ID;
    this.at.set(stream, ZERO_ID);
    return { stream, after, first };
  }

  passed(stream: string, id: string): void {
    this.at.set(stream, id);
  }

  /** What was there at the beginning need not be waited for when it is gone; and a stream that has begun anew has not ended. */
  broken({ stream, first }: StreamGap): void {
    this.over.delete(stream);
    const end = this.ends.get(stream);
    if (end !== undefined && (first === undefined || isAbove(first, end))) this.ends.delete(stream);
  }

  /** A stream has ended, and everything of it was given. */
  ended(stream: string): void {
    this.over.add(stream);
  }

  /** Whether everything was given that there was at the beginning, or ever will be. */
  get atEnd(): boolean {
    return this.names.every((stream) => this.over.has(stream) || this.isDone(stream));
  }

  /** Whether an entry lies behind the end that the caller wants. */
  isBeyond({ stream, id }: Pick<StreamEntry, 'stream' | 'id'>): boolean {
    const until = this.until.get(stream);
    return until !== undefined && isAbove(id, until);
  }

  private isDone(stream: string): boolean {
    const [at, end, until] = [this.at.get(stream), this.ends.get(stream), this.until.get(stream)];
    if (until !== undefined && reached(at, until)) return true;
    return !this.follow && (end === undefined || reached(at, end));
  }

  pathFor({ count = PULL_DEFAULTS.count, latest, output, input, onSkipped }: PullOptions): string {
    const query = new URLSearchParams({
      count: String(count),
      ack: 'true',
      gaps: 'true',
      cursors: 'true',
      ends: 'true',
    });
    if (latest || this.latest) query.set('latest', 'true');
    if (onSkipped) query.set('skips', 'true');
    if (output !== undefined) query.set('output', output);
    if (input !== undefined) query.set('input', input);
    const ids = this.names.map((stream) => encodeURIComponent(this.at.get(stream) ?? '$')).join('+');
    return `data/${pathOfStreams(this.names)}/pull?${query.toString()}&last_entry_id=${ids}`;
  }
}

/** @throws ConfigurationError for what is not an ID */
function readUntil(until: string | readonly string[] = []): readonly string[] {
  const given = typeof until === 'string' ? [until] : until;
  const wrong = given.find((id) => !readIdParts(id));
  if (wrong === undefined) return given;
  throw new ConfigurationError('until', `must be an entry ID or milliseconds since 1970, not ${JSON.stringify(wrong)}`);
}

/** What is not an ID lies above none, and below none. */
function isAbove(id: string, other: string): boolean {
  const [a, b] = [readIdParts(id), readIdParts(other)];
  return a !== undefined && b !== undefined && compareParts(a, b) > 0;
}

function reached(cursor: string | undefined, end: string): boolean {
  const [at, last] = [readIdParts(cursor ?? ''), readIdParts(end)];
  return at !== undefined && last !== undefined && compareParts(at, last) >= 0;
}
