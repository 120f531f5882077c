import { readFile } from 'node:fs/promises';
import { heldBytes } from '@millrace/protocol';

/** Bytes that the operating system holds for the peers of connections; undefined where it does not tell. */
export function heldBytesOf(sockets: Parameters<typeof heldBytes>[0]): ReturnType<typeof heldBytes> {
  return heldBytes(sockets, (path) => readFile(path, 'latin1'));
}
