import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/**
 * Asks for a password twice on a terminal, without showing it; from a pipe the first line is taken.
 *
 * @throws Error when the two differ or nothing comes
 */
export async function readPassword(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<string> {
  if (!input.isTTY) return firstLine(input);
  const first = await ask(input, output, 'Password: ');
  const second = await ask(input, output, 'Once more: ');
  if (first !== second) throw new Error('The two passwords differ');
  return first;
}

async function firstLine(input: NodeJS.ReadStream): Promise<string> {
  const lines = createInterface({ input, crlfDelay: Infinity });
  for await (const line of lines) {
    lines.close();
    return line;
  }
  throw new Error('No password came on standard input');
}

async function ask(input: NodeJS.ReadStream, output: NodeJS.WriteStream, question: string): Promise<string> {
  output.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input, output: silent, terminal: true });
  const cut = new AbortController();
  terminal.once('SIGINT', () => cut.abort());
  try {
    return await terminal.question('', { signal: cut.signal });
  } finally {
    terminal.close();
    output.write('\n');
  }
}
