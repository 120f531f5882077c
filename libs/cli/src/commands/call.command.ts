import { readFile, writeFile } from 'node:fs/promises';
import type { RpcParams } from '@millrace/client';
import type { Command } from 'commander';
import { durationArgument } from '../arguments/argument-parsers.js';
import { UsageError } from '../errors/cli.errors.js';
import { readJson } from '../input/read-json.js';
import { humanSize, printable } from '../output/human.js';
import type { CommandSession, CommandRunner } from '../command-session.js';

interface CallOptions {
  readonly path: string;
  readonly binary?: string;
  readonly output?: string;
  readonly notify?: boolean;
  readonly wait?: number;
}

/** `millrace call`. */
export function addCallCommand(program: Command, runner: CommandRunner): void {
  program
    .command('call')
    .description('call a method of the server by JSON-RPC, with its progress shown')
    .argument('<method>')
    .argument('[params]', 'a JSON object or array; @file: from a file; "-": from standard input')
    .option('--path <path>', 'path of the socket', '/rpc')
    .option('--binary <file>', 'send the bytes of a file along')
    .option('-o, --output <file>', 'where the bytes of a binary reply go')
    .option('--notify', 'do not wait for an answer')
    .option('--wait <time>', 'how long to wait for the answer, for example 10s', durationArgument)
    .action(runner(call))
    .addHelpText(
      'after',
      `
The result goes to standard output as JSON. Ctrl-C cancels the call on the server.

Examples:
  millrace call registry
  millrace call sum '[1, 2, 3]'
  millrace call render @scene.json -o picture.png`,
    );
}

async function call(
  session: CommandSession,
  method: string,
  text: string | undefined,
  options: CallOptions,
): Promise<void> {
  const { output, signal } = session;
  const params = await readParams(text, session);
  const payload = options.binary === undefined ? undefined : await readFile(options.binary);
  const { rpc } = await session.connect({ rpcPath: options.path });
  if (options.notify) {
    await rpc.notify(method, params, payload);
    return output.note(`Notified ${printable(method)}`);
  }
  const progress = output.progress({ title: printable(method), total: 1, unit: 'share' });
  const { result, binary } = await rpc.execute<unknown>(method, params, payload, {
    signal,
    cancelOnAbort: true,
    timeout: options.wait,
    onProgress: ({ operation, amount }) => progress.update(amount, printable(operation)),
  });
  progress.stop();
  if (options.output !== undefined) {
    // As for those of a recording: the reply may be what the server shows to few.
    await writeFile(options.output, binary, { mode: 0o600 });
    output.note(`Wrote ${humanSize(binary.length)} to ${options.output}`);
  } else if (binary.length > 0) {
    output.warn(`the reply has ${humanSize(binary.length)} of binary data; --output keeps it`);
  }
  await output.result(
    result,
    () => `${JSON.stringify(result ?? null, undefined, output.toTerminal ? 2 : undefined)}\n`,
  );
}

async function readParams(text: string | undefined, { context }: CommandSession): Promise<RpcParams | null> {
  if (text === undefined) return null;
  const params = await readJson(text, 'Params', context);
  if (typeof params === 'object') return params;
  throw new UsageError(`Params must be a JSON object or array, not ${JSON.stringify(params)}`);
}
