import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, type ClientOptions } from 'ws';
import { LONGEST_TIMER, SignsOfLife, startTimer, type Timer } from '@millrace/protocol';
import { corkForTurn, drained } from '@millrace/core/sockets';
import { QUERY_ADDRESS_HEADER, SOURCES_RESOURCE } from '../../protocol/constants.js';
import { type OperationMessage, parseMessage, type ReadableMessage, textAt } from '../../protocol/messages.js';
import type { LinkEnd, LinkEvents, LinkOptions, LinkPhase } from './link.interface.js';
import { authenticationStep, claimStep, type OpeningStep } from './opening-step.js';
import { PingKeeper } from './ping-keeper.js';

/** The longest wait for the end of the connection once either side has said goodbye, in milliseconds. */
const CLOSE_DEADLINE = 2000;
/** The acknowledgement as hubs write it: it need not be parsed. */
const ACKNOWLEDGEMENT = Buffer.from('{"status":200}');
/** How many status messages are skipped before the configuration (connector§4.4). */
const MAX_SKIPPED_STATUSES = 10;

/** One socket of a source, from the handshake to its end: it speaks the protocol and knows nothing of handlers. */
export class SourceLink {
  readonly #options: LinkOptions;
  private readonly ws: WebSocket;
  private socket: Duplex | undefined;
  private readonly pings: PingKeeper | undefined;
  private phase: LinkPhase = 'connecting';
  private deadline: Timer | undefined;
  private skipped = 0;
  private end: LinkEnd | undefined;
  private ended = false;

  constructor(
    options: LinkOptions,
    private readonly events: LinkEvents,
  ) {
    this.#options = options;
    const { url, tls, handshakeTimeout, answerTimeout, maxPayload, pings } = options;
    const [address = url] = url.split('#');
    // A peer that does not end its side must not hold the next attempt up.
    const ending: ClientOptions & { closeTimeout: number } = { closeTimeout: Math.min(CLOSE_DEADLINE, answerTimeout) };
    this.ws = new WebSocket(address, {
      ...(tls as ClientOptions),
      ...ending,
      handshakeTimeout: Math.min(handshakeTimeout, LONGEST_TIMER),
      maxPayload,
      perMessageDeflate: false,
    });
    let life: SignsOfLife | undefined;
    this.ws.once('upgrade', ({ socket }: IncomingMessage) => {
      this.socket = socket;
      life = new SignsOfLife(socket, (path) => readFile(path, 'latin1'));
    });
    const onSilence = (): void => this.fail('The server answers no pings', 1011);
    this.pings = pings && new PingKeeper(this.ws, pings, onSilence, async () => (await life?.renew()) ?? false);
    // The library's own deadline does not cover a server that accepts the TCP connection and then trickles bytes.
    this.arm(handshakeTimeout, 'connect');
    this.ws.on('open', () => this.authenticate());
    this.ws.on('message', (data) => this.read(data as Buffer));
    this.ws.on('error', (error) => (this.end ??= { kind: 'failed', message: socketErrorText(error, maxPayload) }));
    this.ws.on('close', (code, reason) => this.closed(code, reason.toString()));
  }

  get isOpen(): boolean {
    return this.end === undefined && this.ws.readyState === WebSocket.OPEN;
  }

  get isConnected(): boolean {
    return this.isOpen && this.phase === 'connected';
  }

  /**
   * What is sent in one turn of the event loop leaves in one system call.
   *
   * @returns false when the send buffer is full; wait for {@link drained} before sending more
   */
  send(text: string): boolean {
    const { socket, ws } = this;
    if (socket) corkForTurn(socket);
    ws.send(text);
    return !(socket?.writableNeedDrain ?? false);
  }

  /** Resolves when the send buffer has room again, or the socket has ended. */
  drained(): Promise<void> {
    return this.socket ? drained(this.socket) : Promise.resolve();
  }

  /** Stops reading for as long as the host is behind with its work. */
  pause(): void {
    if (this.isOpen) this.ws.pause();
  }

  resume(): void {
    this.ws.resume();
  }

  /** Claims the source, for the first time or again (connector§4.3 and connector§4.6). */
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
  close(): void {
    this.finish({ kind: 'closed', message: 'Closed by client' });
  }

  /** Ends the link as a failure. */
  fail(message: string, code = 1008): void {
    this.end ??= { kind: 'failed', message };
    this.shut(code, '');
  }

  private finish(end: LinkEnd): void {
    this.end ??= end;
    this.shut(1000, 'Closed by client');
  }

  private shut(code: number, reason: string): void {
    this.deadline?.stop();
    this.pings?.stop();
    if (this.ws.readyState === WebSocket.CONNECTING) {
      this.ws.terminate();
      return;
    }
    this.ws.resume();
    this.ws.close(code, reason);
  }

  /** The first message (connector§4.2). */
  private authenticate(): void {
    const { token, answerTimeout } = this.#options;
    this.pings?.start();
    this.enter('authenticating');
    this.arm(answerTimeout, 'validate');
    this.send(JSON.stringify({ op: 'validate', resourceName: 'system.credentials', object: token }));
  }

  private read(data: Buffer): void {
    if (this.end) return;
    if (this.phase === 'connected' && data.equals(ACKNOWLEDGEMENT)) {
      this.events.status(200, undefined);
      return;
    }
    const parsed = parseMessage(data);
    if (parsed.kind === 'unreadable') this.fail(parsed.reason, 1007);
    else if (this.phase === 'connected') this.serve(parsed);
    else this.follow(this.phase === 'claiming' ? claimStep(parsed) : authenticationStep(parsed));
  }

  private follow(step: OpeningStep): void {
    if (step.kind === 'claim') this.claim();
    else if (step.kind === 'configured') this.configured(step.config);
    else if (step.kind === 'refused') this.finish(step.end);
    else if (step.kind === 'fault') this.fail(step.message);
    else if (step.kind === 'odd') this.events.odd(step.message);
    else if ((this.skipped += 1) > MAX_SKIPPED_STATUSES) this.fail('Too many statuses came before the configuration');
  }

  private configured(config: unknown): void {
    this.deadline?.stop();
    this.enter('connected');
    this.events.configured(config);
  }

  /** Hands on a message that comes after the configuration; what makes no sense is ignored (connector§11). */
  private serve(parsed: ReadableMessage): void {
    if (parsed.kind === 'operation') this.serveOperation(parsed.message);
    else if (parsed.kind === 'response') this.events.status(parsed.message.status, parsed.message.body);
    else this.events.odd('A message with neither op nor status was ignored');
  }

  private serveOperation({ op, object, messageHeaders }: OperationMessage): void {
    const { events } = this;
    if (op === 'publish') events.publish(object);
    else if (op === 'query') {
      const address = textAt(messageHeaders, QUERY_ADDRESS_HEADER);
      if (address) events.query(object, address);
      else events.odd('A query without a reply address was ignored; it cannot be answered');
    } else if (op === 'reconnectRequired') events.reconnectRequired();
    else if (op === 'configureExtension') events.odd('A configuration that was not asked for was ignored');
    else events.odd('A message with an unknown op was ignored');
  }

  private enter(phase: LinkPhase): void {
    this.phase = phase;
    this.events.phase(phase);
  }

  private arm(milliseconds: number, step: string): void {
    this.deadline?.stop();
    this.deadline = startTimer(
      () => this.fail(`The server did not answer ${step} within ${milliseconds} ms`),
      milliseconds,
    );
  }

  private closed(code: number, reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.deadline?.stop();
    this.pings?.stop();
    const message = serverClosedText(code, reason);
    this.events.ended(this.end ?? { kind: 'failed', message, isRestart: code === SERVICE_RESTART });
  }
}

/** Close code of a hub that is about to come back (RFC 6455, the registry of close codes). */
const SERVICE_RESTART = 1012;

/** What to do about the close code 1009. */
const TOO_LARGE = '; a message was above its limit: lower outbox.maxNotificationBytes or maxResponseBytes';

/** A text for a socket error; system errors of several addresses come without a message of their own. */
function socketErrorText(error: Error, maxPayload: number): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
    return `A message of the server is above the limit of ${maxPayload} bytes; raise maxPayload if it is meant to come`;
  }
  return error.message || code || 'The connection failed';
}

/** A text for a close by the server. */
function serverClosedText(code: number, reason: string): string {
  return `The server closed the connection (${code}${reason ? `: ${reason}` : ''})${code === 1009 ? TOO_LARGE : ''}`;
}
