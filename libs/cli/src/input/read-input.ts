import { once } from 'node:events';
import type { CliContext } from '../context.js';

/** All of standard input. @throws the signal's reason */
export async function readInput({ stdin, signal }: CliContext): Promise<Buffer> {
  const parts: Buffer[] = [];
  stdin.on('data', (chunk: Buffer) => parts.push(chunk));
  try {
    if (!stdin.readableEnded) await once(stdin, 'end', { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  return Buffer.concat(parts);
}
