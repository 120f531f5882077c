import { WebSocket, type ClientOptions } from 'ws';
import { ConnectorError } from '../../errors/connector.error.js';
import {
  CREDENTIALS_RESOURCE,
  MAX_SKIPPED_STATUSES,
  REPLY_ADDRESS_HEADER,
  SOURCES_RESOURCE,
} from '../../protocol/constants.js';
import { isObject, textAt, type OperationMessage, type ResponseMessage } from '../../protocol/messages.js';
import { parseMessage } from '../../protocol/parse-message.js';
import { CorkedSocket } from './corked-socket.js';
import type { LinkEnd } from './link-end.js';
import type { LinkEvents, LinkOptions, LinkPhase } from './link-options.js';
import { PingKeeper } from './ping-keeper.js';
import { refusalEnd } from './refusal.js';

/** What to do about the close code 1009. */
const TOO_LARGE = '; a message was above its limit: lower outbox.maxNotificationBytes or maxResponseBytes';
const ACKNOWLEDGEMENT = Buffer.from('{"status":200}');

/** One socket of a source, from the handshake to its end: it speaks the protocol and knows nothing of handlers. */
export class SourceLink {
  readonly #options: LinkOptions;
  private readonly ws: WebSocket;
  private readonly out: CorkedSocket;
  private readonly pings: PingKeeper | undefined;
  private phase: LinkPhase = 'connecting';
  private deadline: NodeJS.Timeout | undefined;
  private skipped = 0;
  private end: LinkEnd | undefined;
  private ended = false;
  private waiters: { resolve: () => void; reject: (error: Error) => void }[] = [];

  constructor(
    options: LinkOptions,
    private readonly events: LinkEvents,
  ) {
    this.#options = options;
    const { url, tls, handshakeTimeout, maxPayload, pings } = options;
    const [address = url] = url.split('#');
    this.ws = new WebSocket(address, {
      ...(tls as ClientOptions),
      handshakeTimeout,
      maxPayload,
      perMessageDeflate: false,
    });
    this.out = new CorkedSocket(this.ws);
    this.pings = pings && new PingKeeper(this.ws, pings, () => this.fail('The server answers no pings', 1011));
    // The library's own deadline does not cover a server that accepts the TCP connection and then trickles bytes.
    this.arm(handshakeTimeout, 'connect');
    this.ws.on('open', () => this.authenticate());
    this.ws.on('message', (data) => this.read(data as Buffer));
    this.ws.on('error', (error) => (this.end ??= { kind: 'failed', message: describe(error, maxPayload) }));
    this.ws.on('close', (code, reason) => this.closed(code, reason.toString()));
  }

  get isOpen(): boolean {
    return this.end === undefined && this.ws.readyState === WebSocket.OPEN;
  }

  get isConnected(): boolean {
    return this.isOpen && this.phase === 'connected';
  }

  /** @returns false when the send buffer is full */
  send(text: string): boolean {
    return this.out.send(text);
  }

  drained(): Promise<void> {
    return this.out.drained();
  }

  /**
   * Resolves once the link is configured, for the first time or again.
   *
   * @throws ConnectorError when it ends before
   */
  whenConnected(): Promise<void> {
    if (this.isConnected) return Promise.resolve();
    if (this.ended) return Promise.reject(new ConnectorError('The connection has ended', 'GOING_AWAY'));
    return new Promise((resolve, reject) => this.waiters.push({ resolve, reject }));
  }

  /** Stops reading for as long as the host is behind with its work. */
  pause(): void {
    if (this.isOpen) this.ws.pause();
  }

  resume(): void {
    this.ws.resume();
  }

  /** Claims the source, for the first time or again (protocol sections 4.3 and 4.6). */
  claim(): void {
    const { source, secret, answerTimeout } = this.#options;
    this.enter('claiming');
    this.skipped = 0;
    this.arm(answerTimeout, 'connectExtension');
    this.send(
      JSON.stringify({
        op: 'connectExtension',
        resourceName: SOURCES_RESOURCE,
        resourceId: source,
        parameters: { reconnectSecret: secret },
      }),
    );
  }

  /** Ends the link on purpose. */
  close(code = 1000, reason = 'Closed by client'): void {
    this.end ??= { kind: 'closed', message: reason };
    this.shut(code, reason);
  }

  /** Ends the link as a failure. */
  fail(message: string, code = 1008): void {
    this.end ??= { kind: 'failed', message };
    this.shut(code, '');
  }

  private shut(code: number, reason: string): void {
    clearTimeout(this.deadline);
    this.pings?.stop();
    if (this.ws.readyState === WebSocket.CONNECTING) {
      this.ws.terminate();
      return;
    }
    this.ws.resume();
    this.ws.close(code, reason);
    // A peer that does not answer the close must not hold the next attempt up.
    this.deadline = setTimeout(() => this.ws.terminate(), Math.min(2000, this.#options.answerTimeout));
  }

  private authenticate(): void {
    const { token, answerTimeout } = this.#options;
    this.pings?.start();
    this.enter('authenticating');
    this.arm(answerTimeout, 'validate');
    this.send(JSON.stringify({ op: 'validate', resourceName: CREDENTIALS_RESOURCE, object: token }));
  }

  private read(data: Buffer): void {
    if (this.end) return;
    if (this.phase === 'connected' && data.length === ACKNOWLEDGEMENT.length && data.equals(ACKNOWLEDGEMENT)) {
      this.events.status(200, undefined);
      return;
    }
    const parsed = parseMessage(data);
    if (parsed.kind === 'unreadable') this.fail(parsed.reason, 1007);
    else if (parsed.kind === 'neither') this.neither();
    else if (parsed.kind === 'response') this.response(parsed.message);
    else this.operation(parsed.message);
  }

  private neither(): void {
    // An answer without a status counts as success (section 4.2); elsewhere such a message means nothing.
    if (this.phase === 'authenticating') this.claim();
    else this.events.odd('A message with neither op nor status was ignored');
  }

  private response({ status, body }: ResponseMessage): void {
    if (this.phase === 'authenticating') {
      if (status < 300) this.claim();
      else this.refuse(refusalEnd('auth', status, body));
    } else if (this.phase === 'claiming') {
      if (status >= 300) this.refuse(refusalEnd('claim', status, body));
      else if ((this.skipped += 1) > MAX_SKIPPED_STATUSES) this.fail('Too many statuses came before the configuration');
    } else {
      this.events.status(status, body);
    }
  }

  private refuse(end: LinkEnd): void {
    this.end ??= end;
    this.shut(1000, 'Closed by client');
  }

  private operation(message: OperationMessage): void {
    if (this.phase === 'claiming') this.configure(message);
    else if (this.phase === 'connected') this.serve(message);
    else this.fail('An operation came before the answer to the authentication');
  }

  private configure({ op, object }: OperationMessage): void {
    if (op !== 'configureExtension') {
      this.fail('Another operation came in place of the configuration');
      return;
    }
    if (!isObject(object) || object['config'] === undefined) {
      this.fail('The configuration message holds no configuration');
      return;
    }
    clearTimeout(this.deadline);
    this.enter('connected');
    for (const { resolve } of this.waiters.splice(0)) resolve();
    this.events.configured(object['config']);
  }

  private serve(message: OperationMessage): void {
    const { op, object } = message;
    if (op === 'publish') this.events.publish(object);
    else if (op === 'query') {
      const address = textAt(message.messageHeaders, REPLY_ADDRESS_HEADER);
      if (address) this.events.query(object, address);
      else this.events.odd('A query without a reply address was ignored; it cannot be answered');
    } else if (op === 'reconnectRequired') this.events.reconnectRequired();
    else if (op === 'configureExtension') this.events.odd('A configuration that was not asked for was ignored');
    else this.events.odd('A message with an unknown op was ignored');
  }

  private enter(phase: LinkPhase): void {
    this.phase = phase;
    this.events.phase(phase);
  }

  private arm(milliseconds: number, step: string): void {
    clearTimeout(this.deadline);
    this.deadline = setTimeout(
      () => this.fail(`The server did not answer ${step} within ${milliseconds} ms`),
      milliseconds,
    );
  }

  private closed(code: number, reason: string): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.deadline);
    this.pings?.stop();
    for (const { reject } of this.waiters.splice(0)) {
      reject(new ConnectorError('The connection has ended', 'GOING_AWAY'));
    }
    this.events.ended(
      this.end ?? {
        kind: 'failed',
        message: `The server closed the connection (${code}${reason ? `: ${reason}` : ''})${code === 1009 ? TOO_LARGE : ''}`,
      },
    );
  }
}

/** A text for a socket error; system errors of several addresses come without a message of their own. */
function describe(error: Error, maxPayload: number): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
    return `A message of the server is above the limit of ${maxPayload} bytes; raise maxPayload if it is meant to come`;
  }
  return error.message || code || 'The connection failed';
}
