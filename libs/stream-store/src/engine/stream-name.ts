import { streamNameFault } from '@millrace/protocol';
import { StreamNameError } from '../api/store.errors.js';
import type { StreamLimits } from '../stream-store.options.js';

/** Names under which a store keeps its own things in the original's Redis layout. */
const RESERVED = /^(?:XMETA:|millrace:)/;

/** In every key that another module of ours keeps in Redis. */
const AREA = '{millrace:';

/** Checks a stream's name. @throws StreamNameError for one with a {@link nameFault} */
export function assertStreamName(name: string, maxBytes: number): void {
  const fault = nameFault(name, maxBytes);
  if (fault !== undefined) throw new StreamNameError(name, fault);
}

/**
 * Why a stream cannot have a name. It can be any text without `+` and `/`, except `*`, `.` and `..` (stream-store§1); no control
 * characters, bounded in length, and not one of the names under which the original's layout or our modules keep other things.
 */
export function nameFault(name: string, maxBytes: number): string | undefined {
  const fault = streamNameFault(name);
  if (fault !== undefined) return fault;
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'it holds a control character';
  if (/\p{Surrogate}/u.test(name)) return 'it is not well-formed Unicode';
  if (Buffer.byteLength(name) > maxBytes) return `it is longer than ${maxBytes} bytes`;
  if (name.includes(AREA)) return `it holds ${AREA}, which is reserved`;
  return RESERVED.test(name) ? 'it begins with a reserved prefix' : undefined;
}

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
