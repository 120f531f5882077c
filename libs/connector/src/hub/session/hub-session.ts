import { randomUUID } from 'node:crypto';
import { MillraceError, type Principal, type SocketConnection } from '@millrace/core';
import { X_REPLY_ADDRESS } from '../../protocol/constants.js';
import { textAt, type OperationMessage, type ResponseMessage } from '../../protocol/messages.js';
import { parseMessage } from '../../protocol/parse-message.js';
import type { ConnectorPeer } from './connector-peer.js';
import { connectionLost } from '../queries/hub-errors.js';
import { publishText, queryText, reconnectText, refusalText } from './hub-frames.js';
import type { HubSettings } from '../../connector-hub.options.js';
import type { HubSource } from '../sources/hub-source.js';
import { NotificationIntake } from '../notifications/notification-intake.js';
import { OpenQueries } from '../queries/open-queries.js';
import type { OpenQuery } from '../queries/open-query.js';
import { ReconnectSecret } from './reconnect-secret.js';
import type { RowSink } from '../queries/row-sink.js';
import { SessionOpening } from './session-opening.js';
import { SessionOutlet } from './session-outlet.js';
import type { SessionServices } from './session-services.js';
import { SocketBrake } from './socket-brake.js';

/** Unreadable messages after which a socket is closed. */
const MAX_GARBAGE = 10;

/** One socket at the hub: its state, and which part of it a message is for (connector§4 §10). */
export class HubSession {
  readonly id = randomUUID();
  readonly openedAt = Date.now();
  private readonly settings: HubSettings;
  private readonly outlet: SessionOutlet;
  private readonly opening: SessionOpening;
  private readonly intake: NotificationIntake;
  private readonly queries: OpenQueries;
  private secret = new ReconnectSecret(undefined);
  private garbage = 0;
  private source: HubSource | undefined;
  private reclaiming = false;
  private deadline: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(
    private readonly connection: SocketConnection<ConnectorPeer>,
    private readonly services: SessionServices,
  ) {
    this.settings = services.settings;
    const { secure, address } = connection;
    const brake = new SocketBrake(connection.ws);
    this.outlet = new SessionOutlet(connection, services.settings, brake);
    this.queries = new OpenQueries(services.settings);
    this.intake = new NotificationIntake(
      {
        answer: (answer) => this.outlet.answer(answer),
        unavailable: () => this.close(1013, 'Notifications cannot be taken at the moment'),
      },
      brake,
    );
    this.opening = new SessionOpening(this, services, { secure, address }, brake);
    this.arm(this.settings.authenticationTimeout, 'No authentication in time');
    connection.onMessage((data, isBinary) => this.receive(data, isBinary));
    connection.onClose(() => this.finish());
  }

  /** Whom the session belongs to; undefined before authentication, and where everybody is let in. */
  get principal(): Principal | undefined {
    return this.opening.principal;
  }

  /** Whether it authenticated by name and password, which are dear to check. */
  get hasPassword(): boolean {
    return this.opening.hasPassword;
  }

  get sourceName(): string | undefined {
    return this.source?.name;
  }

  get isConnected(): boolean {
    return this.source !== undefined;
  }

  /** It was told to come back, and has not yet. */
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

  /** Compares in constant time; an absent secret fits nothing. */
  hasSecret(secret: string | undefined): boolean {
    return this.secret.fits(secret);
  }

  /** Checks whether the token still holds; closes the session when it does not (connector#78). */
  revalidate(): Promise<void> {
    return this.opening.revalidate();
  }

  /** Authentication succeeded: the claim is due. */
  authenticated(): void {
    if (!this.isConnected) this.awaitClaim();
  }

  /** The claim succeeded: takes the source over and sends its configuration. */
  connect(source: HubSource, secret: string | undefined, configuration: string): void {
    clearTimeout(this.deadline);
    this.reclaiming = false;
    this.secret = new ReconnectSecret(secret);
    const previous = source.session;
    this.source = source;
    this.send(configuration);
    source.attach(this);
    if (previous && previous !== this) previous.close(1012, 'The source was taken over by its connector');
  }

  /** Sends a message as the client understands it. Each goes back to a message of the client, or is rare. */
  send(text: string): void {
    this.outlet.answer(text);
  }

  /** Resolves when the client may be answered again: at once, unless it does not take what it was answered. */
  answersTaken(): Promise<void> {
    return this.outlet.taken();
  }

  /** @throws HubQueryError when the message is too large, or the connector reads too slowly */
  publish(object: unknown): void {
    const source = this.nameOrFail();
    this.outlet.sendChecked(source, publishText(source, object));
  }

  /** @throws HubQueryError as {@link publish}, and when too many queries are open */
  query(object: unknown, sink: RowSink, timeout: number): OpenQuery {
    const source = this.nameOrFail();
    return this.queries.open(source, sink, timeout, (address) =>
      this.outlet.sendChecked(source, queryText(source, object, address)),
    );
  }

  /** Tells the connector to claim its source anew. One that does not is dropped. */
  requireReconnect(): void {
    if (!this.source || this.reclaiming) return;
    this.source.expectReclaim();
    this.reclaiming = true;
    this.send(reconnectText(this.source.name));
    this.arm(this.settings.claimTimeout, 'No new claim in time', 1012);
  }

  close(code: number, reason: string): void {
    if (this.connection.state.ignoresClose) this.connection.hangUp();
    else this.connection.close(code, reason);
    // What is open fails now, not when the peer has answered the close.
    this.finish();
  }

  /** Starts the deadline of the claim, also after a refused one. */
  awaitClaim(): void {
    this.arm(this.settings.claimTimeout, 'No claim in time');
  }

  /** Stops the deadlines while the hub itself takes its time. */
  holdDeadline(): void {
    clearTimeout(this.deadline);
  }

  /** Handles one message; those that come during an authentication or claim wait for its end. */
  handle(data: Buffer): void {
    const parsed = parseMessage(data);
    if (parsed.kind === 'operation') this.operation(parsed.message, data.length);
    else if (parsed.kind === 'response') this.response(parsed.message, data.length);
    else this.unreadable(parsed.kind === 'unreadable' ? parsed.reason : 'The message has neither op nor status');
  }

  private receive(data: Buffer, isBinary: boolean): void {
    this.outlet.mirror(isBinary);
    // A socket that is being closed may still hold read messages.
    if (this.isEnded) return;
    if (!this.opening.stash(data)) this.handle(data);
  }

  private operation(message: OperationMessage, bytes: number): void {
    const { op } = message;
    if (op === 'notification') {
      if (this.source) this.intake.take(message, bytes, this.source);
      else this.notYet();
    } else if (op === 'validate' || op === 'authenticate') this.opening.authenticate(message);
    else if (!this.opening.isAuthenticated) this.notYet();
    else if (op === 'connectExtension') this.opening.claim(message, this.source);
    // It counts as garbage, so that nobody can keep a socket busy with it.
    else this.unreadable(`There is no operation ${JSON.stringify(op.slice(0, 40))}`, 'millrace.hub.unknownOperation');
  }

  private response({ status, headers, body }: ResponseMessage, bytes: number): void {
    if (!this.source) {
      this.notYet();
      return;
    }
    const query = this.queries.find(textAt(headers, X_REPLY_ADDRESS));
    if (query) query.respond(status, body, bytes);
    else this.services.logger.debug(`A response of source ${this.source.name} fits no open query and was ignored`);
    this.intake.acknowledge();
  }

  /** Nothing but authentication is taken before it, and no notification or response before the claim. */
  private notYet(): void {
    if (this.opening.isAuthenticated) {
      this.refuse(409, 'millrace.hub.notConnected', 'Claim a source by connectExtension first');
    } else this.refuse(401, 'millrace.hub.notAuthenticated', 'Authenticate first');
  }

  private unreadable(reason: string, code = 'millrace.hub.unreadable'): void {
    this.refuse(400, code, reason);
  }

  /** Answers a message that makes no sense here; the last one that is borne closes the socket. */
  private refuse(status: number, code: string, text: string): void {
    this.garbage += 1;
    this.services.counters.unreadable += 1;
    if (this.garbage < MAX_GARBAGE) {
      this.send(refusalText(status, code, text));
      return;
    }
    this.services.logger.debug('A socket was closed after too many messages that make no sense');
    this.close(1008, 'Too many messages that make no sense');
  }

  private nameOrFail(): string {
    if (this.source) return this.source.name;
    throw new MillraceError('CONFLICT', 'The session has no source');
  }

  private arm(milliseconds: number, reason: string, code = 1008): void {
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => this.close(code, reason), milliseconds);
    this.deadline.unref();
  }

  private finish(): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.deadline);
    this.opening.cancel();
    const { source } = this;
    if (source) this.queries.fail(() => connectionLost(source.name));
    source?.detach(this);
    this.services.ended(this);
  }
}
