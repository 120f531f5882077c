import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { thrownText } from '@millrace/protocol';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors/cli.errors.js';

/** Reads an argument that is JSON, or says where it is: `@file`, or `-` for standard input. @throws UsageError */
export async function readJson(text: string, what: string, context: CliContext): Promise<unknown> {
  let json = text;
  if (text === '-') json = (await readInput(context)).toString();
  else if (text.startsWith('@')) json = await readFile(text.slice(1), 'utf8');
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UsageError(`${what} must be JSON, or @file, or "-" for standard input: ${thrownText(error)}`, {
      cause: error,
    });
  }
}

/** All of standard input. @throws the signal's reason */
async function readInput({ stdin, signal }: CliContext): Promise<Buffer> {
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
