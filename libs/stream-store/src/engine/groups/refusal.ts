import { MillraceError } from '@millrace/core/errors';
import { isJsonObject } from '@millrace/core/http';
import { type EntryId, isNestedDeeper, readIdParts } from '@millrace/protocol';
import { quoted } from '../quoted.js';

/** What a client of a group says of entries that it did not deal with. */
export interface Refusal {
  /** All of the pair when absent. */
  readonly ids: readonly EntryId[] | undefined;
  /** Milliseconds until they are handed out again. */
  readonly delay: number;
  /** They are set aside for this reason, and not handed out again. */
  readonly aside: string | undefined;
}

const MOST_REASON = 500;

/**
 * Reads `{"refuse": {"ids": […], "delay": milliseconds, "aside": reason}}`, with any of the three; undefined for every other
 * message, which acknowledges.
 *
 * @throws MillraceError `BAD_REQUEST` for a refusal that makes no sense
 */
export function refusalIn(message: Buffer): Refusal | undefined {
  if (message[0] !== 0x7b) return undefined;
  const refuse = parsed(message.toString())?.['refuse'];
  if (refuse === undefined) return undefined;
  if (!isJsonObject(refuse)) throw wrong('refuse', 'an object', refuse);
  const { ids, delay = 0, aside } = refuse;
  const areIds = Array.isArray(ids) && ids.every((id) => typeof id === 'string' && readIdParts(id));
  if (ids !== undefined && !areIds) throw wrong('ids', 'a list of entry IDs', ids);
  if (typeof delay !== 'number' || !(delay >= 0)) throw wrong('delay', 'a number of milliseconds', delay);
  if (aside !== undefined && typeof aside !== 'string') throw wrong('aside', 'a text', aside);
  return { ids: ids as string[] | undefined, delay, aside: aside?.slice(0, MOST_REASON) };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  if (isNestedDeeper(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    // An acknowledgement may be anything.
    return undefined;
  }
}

function wrong(field: string, accepted: string, given: unknown): MillraceError {
  return new MillraceError('BAD_REQUEST', `"${field}" of a refusal must be ${accepted}, not ${quoted(given)}`);
}
