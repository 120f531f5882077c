import { pause, thrownText } from '@millrace/protocol';
import { ConnectTimeoutError, ProtocolError, ServiceUnavailableError } from '../errors/connection.errors.js';
import { type CallLimits, mergeSignals } from '../timing/call-limits.js';
import { RpcConnection } from './connection/rpc-connection.js';
import { readOptions, type RpcConnectorOptions, type RpcConnectorSettings } from './connector-options.js';
import { EventLog } from './logger.js';
import { Instance } from './instance.js';
import type { MethodShapes, UntypedMethods } from './method-types.js';
import type { ClientSocket, Dialer } from '../transport/socket.interface.js';
import { readTarget, type Target } from './target.js';

/** Connects by a dialer; what the connectors of Node and of browsers share. */
export class BaseConnector<Methods extends MethodShapes<Methods> = UntypedMethods> {
  private readonly settings: RpcConnectorSettings;
  private readonly target: Target;
  private readonly dial: Dialer;
  private readonly log: EventLog;

  constructor(options: RpcConnectorOptions, dial: Dialer) {
    this.settings = readOptions(options);
    this.target = readTarget(this.settings.uri, this.settings.tls !== undefined);
    this.dial = options.dial ?? dial;
    this.log = new EventLog(this.settings.logger, this.settings.maxLoggedFrame);
  }

  /**
   * Connects, trying again while the server is unavailable and attempts are left.
   *
   * @throws ServiceUnavailableError after the last attempt; InvalidServerCertificateError, ProtocolError or
   *   ConfigurationError at once; the signal's reason when it is aborted
   */
  async connect({ signal }: Pick<CallLimits, 'signal'> = {}): Promise<Instance<Methods>> {
    const { log } = this;
    log.info(() => `Connecting to ${this.target.url}`);
    try {
      const socket = await this.attempts(signal);
      log.info(() => 'Connected');
      return new Instance<Methods>(new RpcConnection(socket, this.settings, log), this.settings);
    } catch (error) {
      log.info(() => `Connecting failed: ${thrownText(error)}`);
      throw error;
    }
  }

  private async attempts(signal: AbortSignal | undefined): Promise<ClientSocket> {
    const { maxAttempts, attemptPeriod } = this.settings;
    for (let attempt = 1; ; attempt += 1) {
      this.log.debug(() => (Number.isFinite(maxAttempts) ? `Attempt ${attempt} of ${maxAttempts}` : 'Attempt'));
      try {
        return await this.attempt(signal);
      } catch (error) {
        const failure = this.judge(error);
        if (!(failure instanceof ServiceUnavailableError)) throw failure;
        if (attempt >= maxAttempts) {
          this.log.info(() => `The maximum of ${maxAttempts} attempts is reached`);
          throw failure;
        }
        await pause(attemptPeriod, signal);
        signal?.throwIfAborted();
      }
    }
  }

  private async attempt(signal: AbortSignal | undefined): Promise<ClientSocket> {
    if (this.target.failure) throw this.target.failure;
    const { connectTimeout, tls, maxMessageBytes } = this.settings;
    signal?.throwIfAborted();
    const late = (): Error => new ConnectTimeoutError(`No handshake within ${connectTimeout} ms`);
    const limit = mergeSignals([signal], connectTimeout, late);
    try {
      const headers = { ...this.target.headers, ...this.settings.headers };
      return await this.dial({ url: this.target.url, headers, tls, maxMessageBytes, signal: limit.signal });
    } finally {
      limit.dispose();
    }
  }

  private judge(error: unknown): unknown {
    if (!this.settings.retryGatewayErrors || !(error instanceof ProtocolError)) return error;
    const temporary = error.status === undefined ? wasCut(error) : [502, 503, 504].includes(error.status);
    return temporary ? new ServiceUnavailableError(error.reason, { cause: error }) : error;
  }
}

/** Whether the peer closed or reset during the handshake. */
function wasCut(error: ProtocolError): boolean {
  const code = (error.cause as { code?: string } | undefined)?.code;
  return code === 'ECONNRESET' || code === 'EPIPE';
}
