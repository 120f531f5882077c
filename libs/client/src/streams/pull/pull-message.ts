import { cutPair, readPairHeader, type PairHeader, type StreamEntry } from '@millrace/protocol';
import { ProtocolError } from '../../errors/connection.errors.js';
import { parseJson } from '../../transport/read-body.js';

/** The text message of a pull: what the next one holds, or a notice. @throws ProtocolError */
export function readHeader(message: string | Uint8Array): NonNullable<ReturnType<typeof readPairHeader>> {
  if (typeof message !== 'string') throw new ProtocolError('A pull message is binary where text was expected');
  const header = readPairHeader(parseJson(message, 'A pull message'));
  if (header) return header;
  throw new ProtocolError('A pull message is neither a header nor a notice');
}

/** Cuts the entries out of a message. @throws ProtocolError */
export function readPair(header: PairHeader, blob: string | Uint8Array): Generator<StreamEntry> {
  if (typeof blob === 'string') throw new ProtocolError('A pull message is text where binary was expected');
  return cutPair(header, blob);
}
