import { once } from 'node:events';
import { ReaderGoneError } from '../errors/cli.errors.js';

/** Writes to standard output without running ahead of its reader. */
export class Writer {
  private readonly gone = new AbortController();
  private readonly onError = (error: NodeJS.ErrnoException): void =>
    this.gone.abort(error.code === 'EPIPE' ? new ReaderGoneError() : error);

  constructor(private readonly stream: NodeJS.WriteStream) {
    stream.on('error', this.onError);
  }

  /** Listens no longer: the stream may outlive the command. */
  dispose(): void {
    this.stream.off('error', this.onError);
  }

  /** Aborted when nobody reads any more, so that long work can end. */
  get signal(): AbortSignal {
    return this.gone.signal;
  }

  /** @throws ReaderGoneError when nobody reads any more */
  async write(data: string | Uint8Array): Promise<void> {
    this.gone.signal.throwIfAborted();
    if (this.stream.write(data)) return;
    try {
      await once(this.stream, 'drain', { signal: this.gone.signal });
    } catch (error) {
      this.gone.signal.throwIfAborted();
      throw error;
    }
  }

  /** Waits until everything has left the process. @throws ReaderGoneError */
  async flush(): Promise<void> {
    await new Promise<void>((resolve) => this.stream.write('', () => resolve()));
    this.gone.signal.throwIfAborted();
  }
}
