import { StreamNameError } from '../../api/store.errors.js';
import { assertStreamName } from '../stream-name.js';
import type { StreamLimits } from '../../api/stream-limits.js';

/**
 * The stream names of a path segment, joined by `+`.
 *
 * @throws StreamNameError for a name that a stream cannot have, a name twice, or too many
 */
export function splitStreams(segment: string, limits: Pick<StreamLimits, 'maxJoined' | 'maxNameBytes'>): string[] {
  const names = segment.split('+');
  if (names.length > limits.maxJoined)
    throw new StreamNameError(segment, `it joins ${names.length} names, and at most ${limits.maxJoined} may be joined`);
  for (const name of names) assertStreamName(name, limits.maxNameBytes);
  if (new Set(names).size < names.length) throw new StreamNameError(segment, 'it names a stream twice');
  return names;
}
