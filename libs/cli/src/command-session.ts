import { connect, type ConnectionSources, type Millrace } from '@millrace/client';
import type { CliContext } from './context.js';
import { ReaderGoneError } from './errors/cli.errors.js';
import { Output, type OutputOptions } from './output/output.js';
import type { Writer } from './output/writer.js';
import { findServer, type FoundServer, type ServerOptions } from './server/find-server.js';

/** Options that every command has. */
export interface GlobalOptions extends ServerOptions, OutputOptions {
  readonly verbose?: boolean;
}

interface ReachOptions {
  /** @default what `find()` finds */
  readonly found?: FoundServer;
  /** Path of the JSON-RPC socket. */
  readonly rpcPath?: string;
  /** Ask first whether the server takes the credential. @default true */
  readonly check?: boolean;
}

/** How long a server is waited for when everything is done, in milliseconds. */
const CLOSE_TIMEOUT = 2000;

/** Rounds through the endpoints after a cut of the connection: half a minute on average, as the pauses are random. */
const RECONNECTS = 18;

/** Errors reach the user by the command; events of the connection are of no interest. */
const SILENT = { log: () => undefined, warn: () => undefined, error: () => undefined };

/** One run of one command. */
export class CommandSession {
  readonly output: Output;
  /** Aborted when the user ends the command, or when nobody reads its output. */
  readonly signal: AbortSignal;
  private opened: Millrace | undefined;

  constructor(
    readonly context: CliContext,
    readonly options: GlobalOptions,
    writer: Writer,
  ) {
    this.output = new Output(context, options, writer);
    this.signal = AbortSignal.any([context.signal, this.output.readerGone]);
  }

  /** Finds the server; it is not asked for anything. */
  async find(endpoint?: string): Promise<FoundServer> {
    const { options: common } = this;
    const options = endpoint === undefined ? common : { ...common, endpoint, endpointName: 'the address' };
    const found = await findServer(options, this.context);
    for (const warning of found.warnings) this.output.warn(warning);
    if (this.options.verbose) {
      this.output.note(`Server ${found.urls.join(', ')}, from ${found.origin}`);
      this.output.note(`Credential: ${found.credential ? `from ${found.credential.origin}` : 'none'}`);
    }
    return found;
  }

  /** Reaches the server, which is left when the command ends. A wrong address is told at once; cuts later are ridden out. */
  async connect({ found, rpcPath, check = true }: ReachOptions = {}): Promise<Millrace> {
    const { urls, credential, authorities } = found ?? (await this.find());
    this.opened = await connect({
      endpoint: urls,
      token: credential?.value,
      sources: foundSources(authorities),
      connectTimeout: this.options.timeout,
      maxReconnects: RECONNECTS,
      check,
      signal: this.signal,
      rpc: { logger: SILENT, path: rpcPath },
    });
    return this.opened;
  }

  /** Leaves the server. */
  async close(): Promise<void> {
    await this.opened?.close({ timeout: CLOSE_TIMEOUT });
  }

  /** The reason to end with, when an error is only the echo of an abort. */
  reasonOf(error: unknown): unknown {
    if (!this.signal.aborted || error instanceof ReaderGoneError) return error;
    return this.signal.reason;
  }
}

/** What a command does, given its arguments and then its options. */
export type CommandBody<Arguments extends readonly unknown[]> = (
  session: CommandSession,
  ...rest: Arguments
) => Promise<void>;

/** Makes the action of a command: a session is opened around its body, and its failures are told. */
export type CommandRunner = <Arguments extends readonly unknown[]>(
  body: CommandBody<Arguments>,
) => (...parameters: unknown[]) => Promise<void>;

/** Everything has been looked up already: nothing else may have a say. */
function foundSources(authorities: FoundServer['authorities']): ConnectionSources {
  return {
    environment: authorities ? { MILLRACE_CA_BUNDLE: authorities.path } : {},
    pathOf: (file) => file,
    credentials: () => undefined,
    certificates: () => authorities?.pem ?? '',
  };
}
