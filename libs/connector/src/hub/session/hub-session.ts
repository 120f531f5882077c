import { randomUUID } from 'node:crypto';
import { describeError } from '@millrace/core/errors';
import { FlowGate, type SocketConnection } from '@millrace/core/sockets';
import type { LiveConnection, Principal } from '@millrace/core/security';
import { startTimer, thrownReport, type Timer } from '@millrace/protocol';
import { NotificationIntake } from '../notifications/notification-intake.js';
import { hubError } from '../queries/hub-errors.js';
import type { Answerable } from '../queries/answerable.js';
import { OpenQueries } from '../queries/open-queries.js';
import type { HubSource } from '../sources/hub-source.js';
import { NOT_HELD } from '../sources/source-registry.js';
import { reconnectText } from './hub-frames.js';
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
export class HubSession implements SessionControl, InboundTarget, LiveConnection {
  readonly id = randomUUID();
  private readonly openedAt = Date.now();
  readonly authentication: SessionAuthentication;
  private readonly gate: FlowGate;
  private readonly outlet: SessionOutlet;
  private readonly inbound: InboundMessages;
  private readonly claim: SessionClaim;
  private readonly intake: NotificationIntake;
  private readonly queries: OpenQueries;
  private readonly messages: SessionMessages;
  private deadline: Timer | undefined;
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
    this.queries = new OpenQueries(settings, () => this.served?.queriesChanged());
    this.intake = new NotificationIntake(this, this.gate);
    this.inbound = new InboundMessages(this, this.gate);
    this.authentication = new SessionAuthentication(this, services, { secure, address });
    this.claim = new SessionClaim(this, services, this.authentication);
    const { inbound, authentication, claim, intake, queries } = this;
    this.messages = new SessionMessages(this, services, { inbound, authentication, claim, intake, queries });
    this.allow(settings.authenticationTimeout, 'No authentication in time');
    connection.onMessage((data, isBinary) => this.receive(data, isBinary));
    connection.onClose(() => this.finish());
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

  get info(): HubSessionInfo {
    return {
      id: this.id,
      source: this.served?.name,
      subject: this.authentication.principal?.subject,
      since: this.openedAt,
      frames: this.outlet.frames,
      openQueries: this.openQueries,
      bufferedBytes: this.connection.bufferedBytes,
    };
  }

  get isEnded(): boolean {
    return this.ended || !this.connection.isOpen;
  }

  get principal(): Principal | undefined {
    return this.authentication.principal;
  }

  /** Whether notifications are under way whose acknowledgement is due, or queries that the connector is to answer. */
  get isBusy(): boolean {
    return this.intake.isBusy || this.queries.size > 0;
  }

  /** Takes no further notifications; what is under way goes on. */
  leave(): void {
    this.intake.stop();
    if (this.served?.handOver()) this.reclaiming = true;
  }

  awaitClaim(): void {
    this.allow(this.services.settings.claimTimeout, 'No claim in time');
  }

  holdDeadline(): void {
    this.deadline?.stop();
  }

  serve(source: HubSource, configuration: string): void {
    this.deadline?.stop();
    this.reclaiming = false;
    const previous = source.session;
    this.served = source;
    this.send(configuration);
    source.attach(this);
    if (previous && previous !== this) previous.close(1012, 'The source was taken over by its connector');
  }

  send(text: string | undefined): void {
    this.outlet.answer(text);
  }

  publish(source: string, text: string): void {
    this.outlet.sendChecked(source, text);
  }

  query<Query extends Answerable>(
    source: string,
    { address, text, open }: { address: string; text: string; open: (onEnd: () => void) => Query },
  ): Query {
    return this.queries.open(source, address, () => this.outlet.sendChecked(source, text), open);
  }

  requireReconnect(): void {
    if (!this.served || this.reclaiming) return;
    this.reclaiming = true;
    this.served.expectReclaim();
    this.send(reconnectText(this.served.name));
    this.allow(this.services.settings.claimTimeout, 'No new claim in time', 1012);
  }

  close(code: number, reason: string): void {
    if (this.connection.state.ignoresClose) this.connection.hangUp();
    else this.connection.close(code, reason);
    // What is open fails now, not when the peer has answered the close.
    this.finish();
  }

  /** Ends the session since its credential was revoked (connector#78). */
  fail(): void {
    this.close(1013, this.authentication.notHeld);
  }

  handle(data: Buffer): void {
    this.messages.handle(data);
  }

  failed(error: unknown): void {
    const { closeCode, reason } = describeError(error);
    if (closeCode === 1011) this.services.logger.error(`A session failed: ${thrownReport(error)}`);
    this.close(closeCode, reason);
  }

  private receive(data: Buffer, isBinary: boolean): void {
    this.outlet.mirror(isBinary);
    // A socket that is being closed may still hold read messages.
    if (this.isEnded) return;
    // After a standstill they may come before the timer that ends the session.
    if (this.served && !this.services.sources.isHeld) this.close(1013, NOT_HELD);
    else this.inbound.receive(data);
  }

  /** Gives the client so much time for its next step. */
  private allow(milliseconds: number, reason: string, code = 1008): void {
    this.deadline?.stop();
    this.deadline = startTimer(() => this.close(code, reason), milliseconds).unref();
  }

  private finish(): void {
    if (this.ended) return;
    this.ended = true;
    this.deadline?.stop();
    this.inbound.clear();
    this.authentication.cancel();
    this.claim.cancel();
    const { served } = this;
    if (served) this.queries.fail(() => hubError('connectionLost', served.name));
    served?.detach(this);
    this.onEnd(this);
  }
}

/** One live session. */
export interface HubSessionInfo {
  readonly id: string;
  /** Undefined until it has claimed one. */
  readonly source?: string;
  /** User or key the token belongs to. */
  readonly subject?: string;
  readonly since: number;
  readonly frames: 'text' | 'binary';
  readonly openQueries: number;
  /** Bytes that wait because the connector has not read them yet. */
  readonly bufferedBytes: number;
}
