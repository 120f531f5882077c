import { callOut, thrownText } from '@millrace/protocol';
import type { ConnectorLogger } from '../../logging/connector-logger.js';
import type { SourceState, SourceStatus } from '../../api/source-status.interface.js';

/** State, counters and last error of one connection, and those who listen to them. */
export class ConnectionState {
  attempts = 0;
  connects = 0;
  closes = 0;
  /** True from the end of the connect handler to the end of the close handler. */
  isConnected = false;
  private current: SourceState = 'idle';
  private since = Date.now();
  private lastError: { message: string; at: number } | undefined;
  private readonly listeners = new Set<(status: SourceStatus) => void>();

  /** @param status the whole status, for the listeners */
  constructor(
    readonly scrubber: Scrubber,
    private readonly logger: ConnectorLogger,
    private readonly status: () => SourceStatus,
  ) {}

  get state(): SourceState {
    return this.current;
  }

  get summary(): Omit<SourceStatus, 'source' | 'notifications' | 'publishes' | 'queries'> {
    const { current: state, since, attempts, connects, closes, lastError } = this;
    return {
      state,
      since,
      attempts,
      connects,
      closes,
      ...(lastError && { lastError: lastError.message, lastErrorAt: lastError.at }),
    };
  }

  /** @returns a function that removes the listener */
  onStatus(listener: (status: SourceStatus) => void): () => void {
    const own = (status: SourceStatus): void => listener(status);
    this.listeners.add(own);
    return () => this.listeners.delete(own);
  }

  enter(state: SourceState): void {
    if (this.current === state) return;
    this.current = state;
    this.since = Date.now();
    this.tell();
  }

  /** Keeps an error as the last one and logs it, without secrets. */
  note(message: string): void {
    const clean = this.scrubber.clean(message);
    this.lastError = { message: clean, at: Date.now() };
    this.logger.warn(clean);
    this.tell();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) {
      // It is called from socket events, where an error would end the process.
      callOut(
        () => listener(this.status()),
        (error) => this.logger.error(`A listener of the status failed: ${thrownText(error)}`),
      );
    }
  }
}

const HIDDEN = '[hidden]';

/** Takes secrets out of texts that come from elsewhere, for example from a server that quotes a token. */
export class Scrubber {
  readonly #secret: string;
  #token: string | null = null;

  constructor(secret: string) {
    this.#secret = secret;
  }

  set token(token: string | null) {
    this.#token = token;
  }

  clean(text: string): string {
    let result = text;
    for (const secret of [this.#secret, this.#token]) {
      if (secret) result = result.replaceAll(secret, HIDDEN);
    }
    return result;
  }
}
