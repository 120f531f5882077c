import { randomUUID, timingSafeEqual, createHash } from 'node:crypto';
import { MillraceError, type Principal, type SocketConnection } from '@millrace/core';
import { NOTIFICATION_ID_HEADER, REDELIVERED_HEADER, X_REPLY_ADDRESS } from '../protocol/constants.js';
import { isObject, textAt, type OperationMessage, type ResponseMessage } from '../protocol/messages.js';
import { parseMessage } from '../protocol/parse-message.js';
import { AcknowledgementRow } from './acknowledgement-row.js';
import { connectionLost, messageTooLarge, overloaded, tooManyQueries } from './hub-errors.js';
import { acknowledgementFrame, publishText, queryText, reconnectText, refusalText } from './hub-frames.js';
import type { HubSettings } from './hub-options.js';
import type { HubSource } from './hub-source.js';
import type { DeliveryResult } from './notification-lane.js';
import { OpenQuery } from './open-query.js';
import type { RowSink } from './row-sink.js';
import { SessionOpening } from './session-opening.js';
import type { SessionServices } from './session-services.js';

/** Unreadable messages after which a socket is closed. */
const MAX_GARBAGE = 10;
/** Notifications under way for one socket, in number and bytes, above which reading waits. */
const MAX_PENDING = 1000;
const MAX_PENDING_BYTES = 8 * 1024 * 1024;

/** One socket at the hub (protocol sections 4 and 10). */
export class HubSession {
  readonly id = randomUUID();
  readonly openedAt = Date.now();
  #secretDigest: Buffer | undefined;
  private readonly settings: HubSettings;
  private readonly opening: SessionOpening;
  private readonly row: AcknowledgementRow;
  private readonly queries = new Map<string, OpenQuery>();
  private binaryFrames: boolean | undefined;
  private garbage = 0;
  private pending = 0;
  private pendingBytes = 0;
  private source: HubSource | undefined;
  private reclaiming = false;
  private deadline: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(
    private readonly connection: SocketConnection,
    private readonly services: SessionServices,
  ) {
    this.settings = services.settings;
    this.row = new AcknowledgementRow((answer) => this.sendAnswer(answer));
    this.opening = new SessionOpening(this, services, connection.secure);
    this.arm(this.settings.authenticationTimeout, 'No authentication in time');
    connection.onMessage((data, isBinary) => this.receive(data, isBinary));
    connection.onClose(() => this.finish());
  }

  /** Whom the session belongs to; undefined before authentication, and where everybody is let in. */
  get principal(): Principal | undefined {
    return this.opening.principal;
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

  get frames(): 'text' | 'binary' {
    return this.binaryFrames ? 'binary' : 'text';
  }

  get isEnded(): boolean {
    return this.ended || !this.connection.isOpen;
  }

  /** Whether notifications are under way whose acknowledgement is due. */
  get isBusy(): boolean {
    return this.row.size > 0;
  }

  /** Compares in constant time; an absent secret fits nothing. */
  hasSecret(secret: string | undefined): boolean {
    return (
      secret !== undefined && this.#secretDigest !== undefined && timingSafeEqual(digest(secret), this.#secretDigest)
    );
  }

  /** Checks whether the token still holds; closes the session when it does not (row 78). */
  revalidate(): Promise<void> {
    return this.opening.revalidate();
  }

  /** Authentication succeeded: the claim is due. */
  authenticated(): void {
    if (!this.isConnected) this.arm(this.settings.claimTimeout, 'No claim in time');
  }

  /** The claim succeeded: takes the source over and sends its configuration. */
  connect(source: HubSource, secret: string | undefined, configuration: string): void {
    clearTimeout(this.deadline);
    this.reclaiming = false;
    this.#secretDigest = secret === undefined ? undefined : digest(secret);
    const previous = source.session;
    this.source = source;
    this.send(configuration);
    source.attach(this);
    if (previous && previous !== this) previous.close(1012, 'The source was taken over by its connector');
  }

  /** Sends a message as the client understands it. */
  send(text: string): void {
    if (this.connection.isOpen) {
      this.connection.ws.send(this.binaryFrames ? Buffer.from(text) : text, { binary: this.binaryFrames ?? false });
    }
  }

  /** @throws HubQueryError when the message is too large, or the connector reads too slowly */
  publish(object: unknown): void {
    this.sendChecked(publishText(this.nameOrFail(), object));
  }

  /** @throws HubQueryError as {@link publish}, and when too many queries are open */
  query(object: unknown, sink: RowSink, timeout: number): OpenQuery {
    const source = this.nameOrFail();
    const { maxOpenQueries, maxRows, maxResultBytes } = this.settings;
    if (this.queries.size >= maxOpenQueries) throw tooManyQueries(source, maxOpenQueries);
    const address = randomUUID();
    this.sendChecked(queryText(source, object, address));
    const query = new OpenQuery({ source, timeout, maxRows, maxBytes: maxResultBytes }, sink, () =>
      this.queries.delete(address),
    );
    this.queries.set(address, query);
    return query;
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
    this.connection.close(code, reason);
    // What is open fails now, not when the peer has answered the close.
    this.finish();
  }

  /** Restarts the deadline of the claim after a refused one. */
  awaitClaim(): void {
    this.arm(this.settings.claimTimeout, 'No claim in time');
  }

  /** Stops the deadlines while the hub itself takes its time. */
  holdDeadline(): void {
    clearTimeout(this.deadline);
  }

  /** Stops reading as long as too much is under way, and goes on when it is not. */
  throttle(tooMuch: boolean): void {
    if (tooMuch) this.connection.ws.pause();
    else this.connection.ws.resume();
  }

  /** Handles one message; those that come during an authentication or claim wait for its end. */
  handle(data: Buffer): void {
    const parsed = parseMessage(data);
    if (parsed.kind === 'operation') this.operation(parsed.message, data.length);
    else if (parsed.kind === 'response') this.response(parsed.message, data.length);
    else this.unreadable(parsed.kind === 'unreadable' ? parsed.reason : 'The message has neither op nor status');
  }

  private receive(data: Buffer, isBinary: boolean): void {
    this.binaryFrames ??= isBinary;
    // A socket that is being closed may still hold read messages.
    if (this.isEnded) return;
    if (!this.opening.stash(data)) this.handle(data);
  }

  private operation(message: OperationMessage, bytes: number): void {
    const { op } = message;
    if (op === 'notification') this.notification(message, bytes);
    else if (op === 'validate' || op === 'authenticate') this.opening.authenticate(message);
    else if (op === 'connectExtension') {
      if (this.opening.isAuthenticated) this.opening.claim(message, this.source);
      else this.notYet();
    } else this.unknown(op);
  }

  /** An operation the hub does not know; it counts as garbage, so that nobody can keep a socket busy with it. */
  private unknown(op: string): void {
    if (!this.opening.isAuthenticated) this.notYet();
    else this.unreadable(`There is no operation ${JSON.stringify(op.slice(0, 40))}`, 'millrace.hub.unknownOperation');
  }

  /** Nothing but authentication is taken before it, and no notification or response before the claim. */
  private notYet(): void {
    const [status, text] = this.opening.isAuthenticated
      ? [409, 'Claim a source by connectExtension first']
      : [401, 'Authenticate first'];
    this.countGarbage();
    this.send(
      refusalText(status, status === 401 ? 'millrace.hub.notAuthenticated' : 'millrace.hub.notConnected', text),
    );
  }

  private notification({ object, messageHeaders, resourceId }: OperationMessage, bytes: number): void {
    const { source } = this;
    if (!source) {
      this.notYet();
      return;
    }
    const place = this.row.reserve();
    if (!isObject(object)) {
      this.row.done(place, refusalText(400, 'millrace.hub.badNotification', 'A notification is a JSON object'));
      return;
    }
    if (resourceId !== undefined && resourceId !== null && resourceId !== source.name) {
      const text = 'The notification names another source than the one claimed';
      this.row.done(place, refusalText(400, 'millrace.hub.badNotification', text));
      return;
    }
    this.startPending(bytes);
    source.lane.push(
      {
        source: source.name,
        object,
        receivedAt: Date.now(),
        id: textAt(messageHeaders, NOTIFICATION_ID_HEADER),
        redelivered: isObject(messageHeaders) && messageHeaders[REDELIVERED_HEADER] !== undefined,
      },
      bytes,
      (result) => {
        this.endPending(bytes);
        this.row.done(place, this.answerFor(result));
      },
    );
  }

  private answerFor(result: DeliveryResult): string | undefined {
    if (result === 'failed')
      return refusalText(500, 'millrace.hub.handlerFailed', 'The notification could not be handled');
    // Without an acknowledgement a connector of ours keeps it and sends it again.
    if (result === 'unavailable') {
      this.close(1013, 'Notifications cannot be taken at the moment');
      return refusalText(503, 'millrace.hub.unavailable', 'The notification could not be handled at the moment');
    }
    return undefined;
  }

  private response({ status, headers, body }: ResponseMessage, bytes: number): void {
    if (!this.source) {
      this.notYet();
      return;
    }
    const address = textAt(headers, X_REPLY_ADDRESS);
    const query = address === undefined ? undefined : this.queries.get(address);
    if (query) query.respond(status, body, bytes);
    else this.services.logger.debug(`A response of source ${this.source.name} fits no open query and was ignored`);
    this.row.now();
  }

  private unreadable(reason: string, code = 'millrace.hub.unreadable'): void {
    this.countGarbage();
    this.send(refusalText(400, code, reason));
  }

  private countGarbage(): void {
    this.garbage += 1;
    this.services.counters.unreadable += 1;
    if (this.garbage < MAX_GARBAGE) return;
    this.services.logger.debug('A socket was closed after too many messages that make no sense');
    this.close(1008, 'Too many messages that make no sense');
  }

  private startPending(bytes: number): void {
    this.pending += 1;
    this.pendingBytes += bytes;
    if (this.pending === MAX_PENDING || this.pendingBytes > MAX_PENDING_BYTES) this.throttle(true);
  }

  private endPending(bytes: number): void {
    this.pending -= 1;
    this.pendingBytes -= bytes;
    if (this.connection.ws.isPaused && this.pending <= MAX_PENDING / 2 && this.pendingBytes <= MAX_PENDING_BYTES / 2) {
      this.throttle(false);
    }
  }

  private sendAnswer(answer: string | undefined): void {
    if (answer === undefined) this.connection.writeFrames(acknowledgementFrame(this.binaryFrames ?? false));
    else this.send(answer);
  }

  private sendChecked(text: string): void {
    const source = this.nameOrFail();
    const bytes = Buffer.byteLength(text);
    const { maxMessageBytes, maxBufferedBytes } = this.settings;
    if (bytes > maxMessageBytes) throw messageTooLarge(source, bytes, maxMessageBytes);
    if (this.isEnded) throw connectionLost(source);
    if (this.connection.bufferedBytes > maxBufferedBytes) throw overloaded(source);
    this.send(text);
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
    if (source) for (const query of [...this.queries.values()]) query.fail(connectionLost(source.name));
    source?.detach(this);
    this.services.ended(this);
  }
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
