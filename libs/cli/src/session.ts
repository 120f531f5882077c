import type { CliContext } from './context.js';
import { ReaderGoneError } from './errors/reader-gone.error.js';
import { Output } from './output/output.js';
import type { ConnectionOptions } from './server/connection-options.js';
import { findServer } from './server/find-server.js';
import { Server } from './server/server.js';

/** Options that every command has. */
export interface GlobalOptions extends ConnectionOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly progress: boolean;
}

/** One run of one command. */
export class Session {
  readonly output: Output;
  /** Aborted when the user ends the command, or when nobody reads its output. */
  readonly signal: AbortSignal;

  constructor(
    readonly context: CliContext,
    readonly options: GlobalOptions,
  ) {
    const { json = false, quiet = false, progress } = options;
    this.output = new Output(context, { json, quiet, progress });
    this.signal = AbortSignal.any([context.signal, this.output.readerGone]);
  }

  /** The server, found but not yet asked. */
  async server(endpoint?: string): Promise<Server> {
    const options = endpoint === undefined ? this.options : { ...this.options, endpoint };
    const found = await findServer(options, this.context);
    for (const warning of found.warnings) this.output.warn(warning);
    const server = new Server(found, options, this.signal);
    if (options.verbose) {
      this.output.note(`Server ${server.url}, from ${server.origin}`);
      this.output.note(`Credential: ${server.credentialOrigin ? `from ${server.credentialOrigin}` : 'none'}`);
    }
    return server;
  }

  /** The reason to end with, when an error is only the echo of an abort. */
  reasonOf(error: unknown): unknown {
    if (!this.signal.aborted || error instanceof ReaderGoneError) return error;
    return this.signal.reason;
  }
}
