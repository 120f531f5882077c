import { ProtocolError } from '../../errors/protocol.error.js';
import { parseJson } from '../../events/parse-json.js';
import type { StreamEntry } from '../stream-entry.js';
import type { StreamGap } from '../stream-gap.error.js';

type PairHeader = readonly (readonly [stream: string, id: string, start: number])[];

/** The text message of a pull: what the next one holds, or a gap. @throws ProtocolError */
export function readHeader(message: string | Uint8Array): PairHeader | { readonly gap: StreamGap } {
  if (typeof message !== 'string') throw new ProtocolError('A pull message is of the wrong kind');
  const value = parseJson(message, 'A pull message');
  if (Array.isArray(value)) return value as PairHeader;
  if (typeof value === 'object' && value !== null && 'gap' in value) return value as { gap: StreamGap };
  throw new ProtocolError('A pull message is neither a header nor a gap');
}

/** Cuts the entries out of a message. @throws ProtocolError */
export function* readPair(header: PairHeader, blob: string | Uint8Array): Generator<StreamEntry> {
  if (typeof blob === 'string') throw new ProtocolError('A pull message is of the wrong kind');
  for (const [index, [stream, id, start]] of header.entries()) {
    const data = blob.subarray(start, header[index + 1]?.[2] ?? blob.length);
    // A copy where there are several: a view would keep the whole message alive.
    yield { stream, id, data: header.length === 1 ? data : new Uint8Array(data) };
  }
}
