import { MillraceError } from '@millrace/core/errors';
import { RedisScript } from '@millrace/core/redis';
import { thrownText } from '@millrace/protocol';
import type { EntryId } from '../../../api/stream-store.js';
import { parseRequest } from '../../../engine/entry-id.js';
import type { AppendGroup, AppendPart } from './append-group.js';
import type { RedisKeys } from '../redis-keys.js';
import { fencedOff, forgotten, outOfSequence, unknown } from '../../producers/position.js';
import { APPEND_PRODUCED, EXPECTED_EPOCH, EXPECTED_SEQUENCE, FORGOTTEN, UNKNOWN } from '../producer-scripts.js';
import { redisStoreError } from '../redis-store-error.js';
import { APPEND_ENTRIES, APPEND_PLAIN } from '../scripts.js';

/** From this size on, in bytes, an entry costs more as an argument of a script than as a command of its own. */
const LARGE_ENTRY = 4096;

/** A command of Redis: its name and what follows. */
export type RedisCommand = readonly [name: string, values: (string | Buffer)[]];

/** A reply, or the error in its place. */
export type Reply = PromiseSettledResult<unknown>;

/** What came of a group. */
export type AppendOutcome =
  | { readonly state: 'stored'; readonly ids: EntryId[]; readonly begun: boolean }
  /** Of each append its IDs, or why it is refused. */
  | { readonly state: 'answered'; readonly answers: (EntryId[] | MillraceError)[]; readonly begun: boolean }
  | { readonly state: 'failed'; readonly error: unknown }
  /** Nothing is stored, but will be: where a stream may begin, with the text of the script, or on another server. */
  | { readonly state: 'absent' | 'forgotten' }
  | { readonly state: 'elsewhere'; readonly error: unknown };

const PLAIN = new RedisScript(APPEND_PLAIN);
const ENTRIES = new RedisScript(APPEND_ENTRIES);
const PRODUCED = new RedisScript(APPEND_PRODUCED);

/** How groups of entries are said to Redis. */
export class AppendCommands {
  /** @param maxLength entries that a stream may keep; 0 while that is not known */
  constructor(
    private readonly keys: RedisKeys,
    private readonly isCluster: boolean,
    private readonly maxLength: (stream: string) => number,
  ) {}

  key(group: AppendGroup): string {
    return this.keys.stream(group.stream);
  }

  /** Commands that store all entries of a group, or none. */
  of(group: AppendGroup): RedisCommand[] {
    if (group.isProduced) return [this.produced(group)];
    if (group.mode !== 'plain' || group.begins) return [this.whole(group)];
    const { entries, bytes } = group;
    if (entries.length > 1 && bytes < entries.length * LARGE_ENTRY) return [this.small(group)];
    const limit = this.maxLength(group.stream);
    const head = [this.key(group), 'NOMKSTREAM', ...(limit > 0 ? ['MAXLEN', '~', String(limit)] : []), '*', 'd'];
    const adds = entries.map(({ data }): RedisCommand => ['XADD', [...head, data]]);
    return adds.length === 1 ? adds : [['MULTI', []], ...adds, ['EXEC', []]];
  }

  private small(group: AppendGroup): RedisCommand {
    const limit = String(this.maxLength(group.stream));
    return run(PLAIN, group, [this.key(group)], [limit, ...group.entries.map(({ data }) => data)]);
  }

  private produced(group: AppendGroup): RedisCommand {
    const { stream, begins, entries } = group;
    const { keys, isCluster } = this;
    const key = this.key(group);
    const touched = [key, keys.producers(stream, isCluster)];
    const places = new Map<string, number>();
    const parts = group.parts.flatMap(({ count, producer }) => {
      if (!producer) return ['0', '0', '0', String(count), '0'];
      const { id, epoch, sequence, continues } = producer;
      const place = places.get(id) ?? touched.push(keys.producer(stream, id, isCluster));
      places.set(id, place);
      return [place, epoch, sequence, count, continues ? 1 : 0].map(String);
    });
    if (begins) touched.push(keys.floor(stream, isCluster) ?? key);
    const head = [begins ? '1' : '0', String(Date.now()), String(this.maxLength(stream)), String(group.parts.length)];
    return run(PRODUCED, group, touched, [...head, ...parts, ...entries.map(({ data }) => data)]);
  }

  private whole(group: AppendGroup): RedisCommand {
    const streams = [...group.streams];
    const numbers = new Map(streams.map((stream, index) => [stream, String(index + 1)]));
    const items = group.entries.flatMap(({ stream, id, data }) => [
      numbers.get(stream) as string,
      id === undefined ? '*' : askedId(id),
      data,
    ]);
    const keys = streams.map((stream) => this.keys.stream(stream));
    const limits = streams.map((stream) => String(this.maxLength(stream)));
    // Where there can be no floor the stream itself stands for it: it is looked at only when there is no such key.
    const floors = streams.map((stream, index) => this.keys.floor(stream, this.isCluster) ?? (keys[index] as string));
    const values = [group.mode, String(Date.now()), String(streams.length), ...limits, ...items];
    return run(ENTRIES, group, group.begins ? [...keys, ...floors] : keys, values);
  }
}

function run(
  { text, digest }: RedisScript,
  { byText }: AppendGroup,
  keys: string[],
  values: (string | Buffer)[],
): RedisCommand {
  const named = byText ? (['EVAL', text] as const) : (['EVALSHA', digest] as const);
  return [named[0], [named[1], String(keys.length), ...keys, ...values]];
}

/** Reads the replies to the commands of a group. */
export function outcomeOf({ entries, isProduced, parts }: AppendGroup, replies: readonly Reply[]): AppendOutcome {
  // The first error is the reason why a transaction was given up.
  const refused = replies.find(({ status }) => status === 'rejected');
  if (refused) return refusal((refused as PromiseRejectedResult).reason);
  const { value } = replies.at(-1) as PromiseFulfilledResult<unknown>;
  if (value === null) return { state: 'absent' };
  if (isProduced) {
    const found = value as unknown[];
    const answers = parts.map((part, index) => answerOf(part, found[index]));
    return { state: 'answered', answers, begun: found.length > parts.length };
  }
  const ids = Array.isArray(value) ? (value as unknown[]) : [value];
  if (ids.includes(null)) return { state: 'absent' };
  const error = ids.find((id) => typeof id !== 'string');
  if (error !== undefined) return refusal(error);
  return { state: 'stored', ids: ids.slice(0, entries.length) as EntryId[], begun: ids.length > entries.length };
}

/** Reads the answer of the script for one append. */
function answerOf({ producer }: AppendPart, answer: unknown): EntryId[] | MillraceError {
  if (Array.isArray(answer)) return answer as EntryId[];
  const [, reason, rest = ''] = /^(\S+) (.*)$/s.exec(String(answer)) ?? [];
  if (producer && reason === EXPECTED_SEQUENCE) return outOfSequence(producer, Number(rest));
  if (producer && reason === EXPECTED_EPOCH) return fencedOff(producer, Number(rest));
  if (producer && reason === FORGOTTEN) return forgotten(producer);
  if (producer && reason === UNKNOWN) return unknown(producer);
  return redisStoreError(new Error(rest));
}

function refusal(error: unknown): AppendOutcome {
  const [name] = thrownText(error).split(' ', 1);
  if (name === 'NOSCRIPT') return { state: 'forgotten' };
  if (name === 'MOVED' || name === 'ASK' || name === 'TRYAGAIN') return { state: 'elsewhere', error };
  return { state: 'failed', error };
}

/** An ID as the script takes it: `<ms>-<seq>` or `<ms>-*`, without leading zeros. @throws EntryIdError */
export function askedId(text: string): string {
  const { ms, seq } = parseRequest(text);
  return `${ms}-${seq ?? '*'}`;
}
