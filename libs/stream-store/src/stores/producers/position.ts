import { MillraceError } from '@millrace/core/errors';
import { ProducerError } from '../../api/store.errors.js';
import type { NewEntry, ProducerPosition } from '../../api/stream-store.js';

/** Where a producer stands in a stream. */
export interface ProducerPlace {
  readonly epoch: number;
  /** Number of the next entry. */
  readonly next: number;
}

const ID = /^[!-~]{1,128}$/;

const isNumber = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** @throws MillraceError `BAD_REQUEST` for what cannot be the position of a producer */
export function assertProducer({ id, epoch, sequence }: ProducerPosition, entries: number): void {
  if (!ID.test(id)) throw refused('The id of a producer must be 1 to 128 visible characters of ASCII');
  if (!isNumber(epoch)) throw refused(`The epoch of a producer must be a whole number of 0 or more, not ${epoch}`);
  if (!isNumber(sequence) || !isNumber(sequence + entries))
    throw refused(`The sequence of a producer must be a whole number of 0 or more, not ${sequence}`);
}

/**
 * The stream of an append by a producer; '' for no entries.
 *
 * @throws as {@link assertProducer}, and for several streams and own IDs
 */
export function producedStream(entries: readonly NewEntry[], producer: ProducerPosition): string {
  assertProducer(producer, entries.length);
  const stream = entries[0]?.stream ?? '';
  for (const entry of entries) {
    if (entry.stream !== stream) throw refused('What a producer appends at once must go to one stream');
    if (entry.id !== undefined) throw refused('An entry of a producer can have no ID of its own');
  }
  return stream;
}

/**
 * How many of the first entries of an append are stored already.
 *
 * @param place undefined for a producer that is not known
 * @throws ProducerError when the append does not go on where the producer stands
 */
export function countKnown(place: ProducerPlace | undefined, position: ProducerPosition, entries: number): number {
  if (!place) {
    if (position.continues) throw unknown(position);
    return 0;
  }
  if (position.epoch < place.epoch) throw fencedOff(position, place.epoch);
  const next = position.epoch > place.epoch ? 0 : place.next;
  if (position.sequence > next) throw outOfSequence(position, next);
  return Math.min(entries, next - position.sequence);
}

/** @param expected the sequence that comes next */
export function outOfSequence(position: ProducerPosition, expected: number): ProducerError {
  const text = `Sequence ${expected} of the producer is expected next, not ${position.sequence}`;
  return new ProducerError('OUT_OF_SEQUENCE', text, position, expected);
}

/** For one that goes on from what is not there. */
export function unknown(position: ProducerPosition): ProducerError {
  const text = `The producer is not known, so sequence ${position.sequence} goes on from nothing`;
  return new ProducerError('OUT_OF_SEQUENCE', text, position);
}

/** @param epoch the greatest one that was seen */
export function fencedOff(position: ProducerPosition, epoch: number): ProducerError {
  const text = `The producer goes on with epoch ${epoch} elsewhere; epoch ${position.epoch} may append nothing more`;
  return new ProducerError('FORBIDDEN', text, position, epoch);
}

/** For a repeat whose IDs nobody knows any more. */
export function forgotten(position: ProducerPosition): ProducerError {
  const text = `Sequence ${position.sequence} of the producer is stored, but too long ago for its ID to be known`;
  return new ProducerError('CONFLICT', text, position);
}

function refused(message: string): MillraceError {
  return new MillraceError('BAD_REQUEST', message);
}
