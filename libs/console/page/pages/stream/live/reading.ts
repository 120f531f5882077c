import type { PullOptions, StreamGap, UnreadableEntry } from '@millrace/client/browser';
import { bytes } from '../../../parts/formats/format.js';
import type { NewItem } from './entry-log.js';

/** As the entries are stored, or as JSON: then what is not JSON is marked instead of shown. */
export type Reading = 'stored' | 'json';

export const READINGS: Readonly<Record<Reading, string>> = { stored: 'As stored', json: 'As JSON, checked' };

/** What the server is asked for. */
export function conversionOf(reading: Reading): Pick<PullOptions, 'output' | 'input'> {
  return reading === 'json' ? { output: 'json', input: 'json' } : {};
}

/** Stands where entries are gone. */
export function gapItem({ after, first }: StreamGap): NewItem {
  const next = first === undefined ? 'nothing is kept now' : `the first one kept is ${first}`;
  const text = after === '0-0' ? `Earlier entries are gone; ${next}.` : `Entries after ${after} are gone; ${next}.`;
  return { kind: 'gap', id: first ?? after, text };
}

/** Stands where an entry cannot be converted. */
export function unreadableItem({ id, bytes: size, reason }: UnreadableEntry): NewItem {
  const text = `The entry ${id} of ${bytes(size)} cannot be read so${reason ? `: ${reason}` : ''}.`;
  return { kind: 'unreadable', id, text };
}
