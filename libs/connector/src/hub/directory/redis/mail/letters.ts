import type { Message } from './messages.js';

/** A message, and what goes beside it. */
export interface Letter {
  readonly message: Message;
  readonly data: Buffer;
}

export const NO_DATA: Buffer = Buffer.alloc(0);

/** Several letters as one header and one piece of data; '' for none of them. */
export function packLetters(letters: readonly Letter[]): readonly [header: string, data: Buffer] {
  const [first = { data: NO_DATA }] = letters;
  if (letters.length === 0) return ['', NO_DATA];
  const header = JSON.stringify(letters.map(({ message, data }) => [message, data.length]));
  return [header, letters.length === 1 ? first.data : Buffer.concat(letters.map(({ data }) => data))];
}

/** @throws SyntaxError when they are not ours */
export function unpackLetters(header: Buffer, data: Buffer): Letter[] {
  if (header.length === 0) return [];
  let begin = 0;
  return (JSON.parse(header.toString()) as [message: Message, bytes: number][]).map(([message, bytes]) => ({
    message,
    data: data.subarray(begin, (begin += bytes)),
  }));
}
