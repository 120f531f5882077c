import { randomUUID, createHash, timingSafeEqual } from 'node:crypto';
import { MillraceError } from '@millrace/core/errors';
import type { Principal } from '@millrace/core/security';
import { FlowGate, type SocketConnection } from '@millrace/core/sockets';
import { stackOf } from '../../protocol/messages.js';
import { NotificationIntake } from '../notifications/notification-intake.js';
import { hubError } from '../queries/hub-errors.js';
import { OpenQueries, type OpenQuery, type RowSink } from '../queries/open-queries.js';
import type { HubSource } from '../sources/hub-source.js';
import { publishText, queryText, reconnectText } from './hub-frames.js';
import { InboundMessages, type InboundTarget } from './inbound-messages.js';
import { SessionAuthentication } from './session-authentication.js';
import { SessionClaim } from './session-claim.js';
import type { ConnectorPeer, SessionControl, SessionServices } from './session-control.js';
import { SessionMessages } from './session-messages.js';
import { SessionOutlet } from './session-outlet.js';

/** Bytes of answers that may wait beyond those of publishes; then the socket is not read until its peer reads. */
const MAX_ANSWER_BYTES = 1024 * 1024;
/** Bytes of notifications under way for one socket, above which it is not read. */
const MAX_NOTIFICATION_BYTES = 8 * 1024 * 1024;

/** One socket at the hub: its state, and its parts (connector§4 and connector§10). */
export class HubSession implements SessionControl, InboundTarget {
  readonly id = randomUUID();
  readonly openedAt = Date.now();
  private readonly gate: FlowGate;
  private readonly outlet: SessionOutlet;
  private readonly inbound: InboundMessages;
  private readonly authentication: SessionAuthentication;
  private readonly claim: SessionClaim;
  private readonly intake: NotificationIntake;
  private readonly queries: OpenQueries;
  private readonly messages: SessionMessages;
  private deadline: NodeJS.Timeout | undefined;
  /** Of the secret of the claim; it is a credential (connector§4.3). */
  #secretDigest: Buffer | undefined;
  private served: HubSource | undefined;
  private reclaiming = false;
  private ended = false;

  constructor(
    private readonly connection: SocketConnection<ConnectorPeer>,
    private readonly services: SessionServices,
    private readonly onEnd: (session: HubSession) => void,
  ) {
    const { settings } = services;
    const { secure, address } = connection;
    this.gate = new FlowGate(
      connection,
      {
        maxBufferedBytes: settings.maxBufferedBytes + MAX_ANSWER_BYTES,
        maxInFlightBytes: MAX_NOTIFICATION_BYTES,
        stallTimeout: settings.stallTimeout,
      },
      { onStalled: () => connection.ws.terminate() },
    );
    this.outlet = new SessionOutlet(connection, settings, this.gate);
    this.queries = new OpenQueries(settings);
    this.intake = new NotificationIntake(
      {
        answer: (answer) => this.outlet.answer(answer),
        unavailable: () => this.close(1013, 'Notifications cannot be taken at the moment'),
      },
      this.gate,
    );
    this.inbound = new InboundMessages(this, this.gate);
    this.authentication = new SessionAuthentication(this, services, { secure, address });
    this.claim = new SessionClaim(this, services, this.authentication);
    const { inbound, authentication, claim, intake, queries } = this;
    this.messages = new SessionMessages(this, services, { inbound, authentication, claim, intake, queries });
    this.allow(settings.authenticationTimeout, 'No authentication in time');
    connection.onMessage((data, isBinary) => this.receive(data, isBinary));
    connection.onClose(() => this.finish());
  }

  /** Who the session belongs to; undefined before authentication, and where everybody is let in. */
  get principal(): Principal | undefined {
    return this.authentication.principal;
  }

  /** Whether it authenticated by name and password, which take long to check. */
  get hasPassword(): boolean {
    return this.authentication.hasPassword;
  }

  get source(): HubSource | undefined {
    return this.served;
  }

  get isReclaiming(): boolean {
    return this.reclaiming;
  }

  get openQueries(): number {
    return this.queries.size;
  }

  get bufferedBytes(): number {
    return this.connection.bufferedBytes;
  }

  get frames(): 'text' | 'binary' {
    return this.outlet.frames;
  }

  get isEnded(): boolean {
    return this.ended || !this.connection.isOpen;
  }

  /** Whether notifications are under way whose acknowledgement is due. */
  get isBusy(): boolean {
    return this.intake.isBusy;
  }

  hasSecret(secret: string | undefined): boolean {
    return (
      secret !== undefined && this.#secretDigest !== undefined && timingSafeEqual(digest(secret), this.#secretDigest)
    );
  }

  /** Checks whether the credential still holds; closes the session when it does not (connector#78). */
  revalidate(): Promise<void> {
    return this.authentication.revalidate();
  }

  awaitClaim(): void {
    this.allow(this.services.settings.claimTimeout, 'No claim in time');
  }

  holdDeadline(): void {
    clearTimeout(this.deadline);
  }

  serve(source: HubSource, secret: string | undefined, configuration: string): void {
    clearTimeout(this.deadline);
    this.reclaiming = false;
    this.#secretDigest = secret === undefined ? undefined : digest(secret);
    const previous = source.session;
    this.served = source;
    this.send(configuration);
    source.attach(this);
    if (previous && previous !== this) previous.close(1012, 'The source was taken over by its connector');
  }

  send(text: string): void {
    this.outlet.answer(text);
  }

  answersTaken(): Promise<void> {
    return this.gate.taken();
  }

  publish(object: unknown): void {
    const source = this.nameOrFail();
    this.outlet.sendChecked(source, publishText(source, object));
  }

  query(object: unknown, sink: RowSink, timeout: number): OpenQuery {
    const source = this.nameOrFail();
    return this.queries.open(source, sink, timeout, (address) =>
      this.outlet.sendChecked(source, queryText(source, object, address)),
    );
  }

  requireReconnect(): void {
    if (!this.served || this.reclaiming) return;
    this.served.expectReclaim();
    this.reclaiming = true;
    this.send(reconnectText(this.served.name));
    this.allow(this.services.settings.claimTimeout, 'No new claim in time', 1012);
  }

  close(code: number, reason: string): void {
    if (this.connection.state.ignoresClose) this.connection.hangUp();
    else this.connection.close(code, reason);
    // What is open fails now, not when the peer has answered the close.
    this.finish();
  }

  handle(data: Buffer): void {
    this.messages.handle(data);
  }

  failed(error: unknown): void {
    this.services.logger.error(`A session failed: ${stackOf(error)}`);
    this.close(1011, 'Internal server error');
  }

  private receive(data: Buffer, isBinary: boolean): void {
    this.outlet.mirror(isBinary);
    // A socket that is being closed may still hold read messages.
    if (!this.isEnded) this.inbound.receive(data);
  }

  /** Gives the client so much time for its next step. */
  private allow(milliseconds: number, reason: string, code = 1008): void {
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => this.close(code, reason), milliseconds);
    this.deadline.unref();
  }

  private nameOrFail(): string {
    if (this.served) return this.served.name;
    throw new MillraceError('CONFLICT', 'The session has no source');
  }

  private finish(): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.deadline);
    this.inbound.clear();
    this.authentication.cancel();
    this.claim.cancel();
    const { served } = this;
    if (served) this.queries.fail(() => hubError('connectionLost', served.name));
    served?.detach(this);
    this.onEnd(this);
  }
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
