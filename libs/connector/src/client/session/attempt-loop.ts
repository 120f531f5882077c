import { pause, Backoff, type BackoffOptions, thrownText } from '@millrace/protocol';
import { ConnectorConfigError } from '../../errors/connector.error.js';
import type { ConnectorLogger } from '../../logging/connector-logger.js';
import type { ConnectionOptions } from './decide-settings.js';
import type { ConnectionState } from './connection-state.js';
import type { LinkEnd } from '../link/link.interface.js';

/** Marks a token that did not come in time. */
const LATE = Symbol('late');

/** A hub that says at once that it restarts is one that refuses, in milliseconds. */
const LEAST_SERVICE = 1000;

/** Makes one attempt after the other, with pauses between, until it is stopped or a failure is final. */
export class AttemptLoop {
  /** Why there will be no further attempt. */
  fatal: ConnectorConfigError | undefined;
  // Holds the reconnect secret: a private field, which no string form shows.
  readonly #options: ConnectionOptions;
  private readonly policy: ReconnectPolicy;
  private running: Promise<void> | undefined;
  private stopped = false;
  /** The next attempt needs no pause. */
  private skipPause = false;
  /** Ends the pause, or the wait for the token, that is under way. */
  private wait: AbortController | undefined;
  private servedSince: number | undefined;
  private worked = false;

  /** @param connect makes one attempt, and serves, until its link ends */
  constructor(
    options: ConnectionOptions,
    private readonly state: ConnectionState,
    private readonly logger: ConnectorLogger,
    private readonly connect: (token: string | null) => Promise<LinkEnd>,
  ) {
    this.#options = options;
    this.policy = new ReconnectPolicy(options.backoff, options.resetBackoffAfter);
  }

  /** Harmless when repeated, and after {@link stop}. */
  start(): void {
    this.running ??= this.run();
  }

  /** Makes no further attempt. */
  stop(): void {
    this.stopped = true;
    this.wait?.abort();
  }

  /** Resolves when the last attempt has ended. */
  async ended(): Promise<void> {
    await this.running;
  }

  /** The attempt under way has led to service; good service shortens the next pause. */
  served(): void {
    this.servedSince ??= performance.now();
  }

  /** The attempt under way has led to real work, or the hub has asked for another: the next pause is a short one. */
  hasWorked(): void {
    this.worked = true;
  }

  /** Leaves out the pause after the attempt under way. */
  comeBackAtOnce(): void {
    this.skipPause = true;
  }

  /** Ends a pause that is under way. */
  hurry(): void {
    if (this.state.state === 'waiting') this.wait?.abort();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      this.state.attempts += 1;
      this.servedSince = undefined;
      this.worked = false;
      const end = await this.attempt();
      if (this.stopped) return;
      const served = this.servedSince === undefined ? 0 : performance.now() - this.servedSince;
      if (end.kind !== 'closed') this.state.note(end.message);
      if (this.isFinal(end)) return;
      const toldToReturn = end.isRestart === true && served >= LEAST_SERVICE;
      if (!this.skipPause) await this.pauseAfter(served, this.worked || toldToReturn);
      this.skipPause = false;
    }
  }

  private async pauseAfter(served: number, worked: boolean): Promise<void> {
    const milliseconds = this.policy.pauseAfter(served, worked);
    this.wait = new AbortController();
    this.state.enter('waiting');
    this.logger.debug(`Next attempt in ${Math.round(milliseconds)} ms`);
    await pause(milliseconds, this.wait.signal);
  }

  private isFinal(end: LinkEnd): boolean {
    if (this.fatal === undefined) {
      const message = this.state.scrubber.clean(end.message);
      if (end.kind === 'auth-refused') this.fatal = new ConnectorConfigError(message);
      else if (this.#options.failOnConnectionError && end.kind !== 'closed') {
        this.fatal = new ConnectorConfigError(message, 'failOnConnectionError');
      }
    }
    if (!this.fatal) return false;
    this.logger.error(`Gave up: ${thrownText(this.fatal)}`);
    this.state.enter('failed');
    return true;
  }

  private async attempt(): Promise<LinkEnd> {
    this.state.enter('connecting');
    let token: string | null | typeof LATE;
    try {
      token = (await this.token()) ?? null;
    } catch {
      // The error may quote what it read.
      return { kind: 'failed', message: 'The token could not be read' };
    }
    if (this.stopped) return { kind: 'closed', message: 'Closed by client' };
    if (token === LATE) {
      return { kind: 'failed', message: `The token did not come within ${this.#options.handshakeTimeout} ms` };
    }
    // A function of the host gave it.
    if (typeof token !== 'string' && token !== null) return { kind: 'failed', message: 'The token is not a text' };
    this.state.scrubber.token = token;
    return this.connect(token);
  }

  /** Waits for the token no longer than for a connection, and not at all once stopped. */
  private async token(): Promise<string | null | typeof LATE> {
    const wait = new AbortController();
    this.wait = wait;
    const late = pause(this.#options.handshakeTimeout, wait.signal).then((): typeof LATE => LATE);
    try {
      return await Promise.race([this.#options.token(), late]);
    } finally {
      wait.abort();
    }
  }
}

/** When to come back (connector§6.3): exponential back-off with full jitter, which starts anew after good service. */
export class ReconnectPolicy {
  private readonly backoff: Backoff;
  /** Least pause after a connection that has worked and was short: a hub that fails at each message is not overrun. */
  private readonly least: number;

  constructor(
    options: BackoffOptions & { readonly initial: number },
    private readonly resetAfter: number,
  ) {
    this.backoff = new Backoff(options);
    this.least = options.initial / 2;
  }

  /**
   * @param served how long the connection that ended was in service, in milliseconds
   * @param worked whether it has carried something, or the hub has asked for another
   */
  pauseAfter(served: number, worked: boolean): number {
    if (served >= this.resetAfter) this.backoff.reset();
    else if (worked) {
      this.backoff.reset();
      return this.least + this.backoff.next() / 2;
    }
    return this.backoff.next();
  }
}
