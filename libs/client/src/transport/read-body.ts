import { joinEntries } from '@millrace/protocol';
import { ProtocolError } from '../errors/connection.errors.js';
import type { HttpReply } from './transport.interface.js';

/**
 * The whole body.
 *
 * @param limit in bytes; a longer body is given up where it passes it
 * @throws ProtocolError with the answer's status when it is longer; what reading throws
 */
export async function readBytes({ body, status }: HttpReply, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.length;
    if (length > limit) throw new ProtocolError(`The answer is larger than ${limit} bytes`, { status });
    parts.push(part);
  }
  return joinEntries(parts, length);
}

/** The whole body as text. @throws as {@link readBytes} */
export async function readText(reply: HttpReply, limit: number): Promise<string> {
  return new TextDecoder().decode(await readBytes(reply, limit));
}

/** Reads JSON of the server's. @throws ProtocolError saying what was none */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ProtocolError(`${what} is not JSON`, { cause: error });
  }
}
