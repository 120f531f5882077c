import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { startTimer, thrownReport, thrownText, withDeadline } from '@millrace/protocol';
import { Logger } from '@nestjs/common';
import { describeError } from '../../errors/describe-error.js';
import { MillraceError } from '../../errors/millrace.error.js';
import { NO_SNIFFING } from '../../http/answer-headers.js';
import type { BrowserOrigins } from '../../security/browser-origins.js';
import type { PlacesByAddress } from '../../security/places-by-address.js';
import type { UpgradeRequest } from '../../http/upgrade-request.js';
import type { MillraceWsAdapterSettings } from '../millrace-ws-adapter.options.js';
import { HandshakeResponse } from './handshake-response.js';
import { RouteTable } from './route-table.js';

/** Who takes the upgrades of one path. */
export interface UpgradeTarget {
  /** For messages: the class that takes them. */
  readonly owner: string;
  /** How long {@link authorize} may take, in milliseconds, where it differs from the router's. */
  readonly handshakeTimeout?: number | undefined;
  /** Lets the request in, or throws; the result is handed to {@link accept}. */
  authorize(request: UpgradeRequest, response: HandshakeResponse): Promise<unknown>;
  /** Completes the handshake. */
  accept(request: UpgradeRequest, socket: Duplex, head: Buffer, state: unknown): void;
}

export interface UpgradeRouterInit {
  readonly settings: Pick<MillraceWsAdapterSettings, 'handshakeTimeout'>;
  /** Places of sockets and handshakes. */
  readonly places: PlacesByAddress;
  /** The client's address; by default that of the peer. */
  readonly addressOf?: ((request: IncomingMessage) => string | undefined) | undefined;
  readonly origins?: BrowserOrigins | undefined;
}

/** What a client without a place is told to wait, in seconds: until then another of its sockets may have closed. */
const RETRY_AFTER = 10;

type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Routes the upgrade requests of HTTP servers to their endpoints and refuses with a real HTTP status. Paths that are
 * not ours are left to the server's other upgrade listeners; with none there, the answer is 404.
 */
export class UpgradeRouter {
  readonly routes = new RouteTable<UpgradeTarget>();
  private refusal: MillraceError | undefined;
  /** Handshakes under way. */
  private readonly pending = new Set<(refusal: MillraceError) => void>();
  private readonly logger = new Logger(UpgradeRouter.name);
  private readonly attached = new Map<Server, UpgradeListener>();

  constructor(private readonly init: UpgradeRouterInit) {}

  attach(server: Server): void {
    if (this.attached.has(server)) return;
    const listener: UpgradeListener = (request, socket, head) => void this.upgrade(server, request, socket, head);
    this.attached.set(server, listener);
    server.on('upgrade', listener);
  }

  /** From now on every handshake of ours is refused, also those under way. */
  refuse(refusal: MillraceError): void {
    this.refusal = refusal;
    for (const reject of this.pending) reject(refusal);
  }

  detachAll(): void {
    for (const [server, listener] of this.attached) server.off('upgrade', listener);
    this.attached.clear();
  }

  private async upgrade(server: Server, incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const onError = (error: Error): void => this.logger.debug(`A handshake was cut: ${thrownText(error)}`);
    socket.on('error', onError);
    const response = new HandshakeResponse(incoming);
    try {
      const { pathname, query } = readTarget(incoming);
      const route = this.find(pathname);
      if (!route) {
        this.leaveToOthers(server, socket);
        return;
      }
      this.init.origins?.assertHost(incoming);
      this.assertServing();
      const { addressOf = addressOfPeer } = this.init;
      const request = Object.assign(incoming, { params: route.params, query, ip: addressOf(incoming) });
      this.takePlace(request.ip, socket);
      const state = await endedByItsClient(socket, () =>
        withDeadline(
          this.unlessRefused(route.target.authorize(request, response)),
          route.target.handshakeTimeout ?? this.init.settings.handshakeTimeout,
          () => new MillraceError('UNAVAILABLE', 'The handshake took too long; try again later'),
        ),
      );
      // The client may have gone, or the shutdown may have begun, while the guards were at work.
      if (socket.destroyed) return;
      this.assertServing();
      socket.off('error', onError);
      route.target.accept(request, socket, head, state);
    } catch (error) {
      if (!describeError(error).foreseen) this.logger.error(thrownReport(error));
      refuseUpgrade(socket, error, response);
    }
  }

  private async unlessRefused<T>(work: Promise<T>): Promise<T> {
    let reject: (refusal: MillraceError) => void = () => undefined;
    const refused = new Promise<never>((_resolve, onRefused) => (reject = onRefused));
    this.pending.add(reject);
    try {
      return await Promise.race([work, refused]);
    } finally {
      this.pending.delete(reject);
    }
  }

  /** Handshakes count too, and none is left behind by one that fails: every place is held until its socket closes. */
  private takePlace(address: string | undefined, socket: Duplex): void {
    const { places } = this.init;
    const release = places.take(address);
    if (release) {
      if (socket.closed) release();
      else socket.once('close', release);
      return;
    }
    const message = `Your address has ${places.limit} sockets, as many as it may; close some, or try again later`;
    throw new MillraceError('TOO_MANY_REQUESTS', message, { headers: { 'Retry-After': String(RETRY_AFTER) } });
  }

  private assertServing(): void {
    if (this.refusal) throw this.refusal;
  }

  private find(pathname: string): ReturnType<RouteTable<UpgradeTarget>['find']> {
    try {
      return this.routes.find(pathname);
    } catch (error) {
      throw new MillraceError('BAD_REQUEST', 'The path holds a malformed escape', { cause: error });
    }
  }

  private leaveToOthers(server: Server, socket: Duplex): void {
    const notFound = (): void => refuseUpgrade(socket, new MillraceError('NOT_FOUND', 'Not Found'));
    if (server.listenerCount('upgrade') <= 1) {
      notFound();
      return;
    }
    // Another listener may accept later; when none ever does, the client must not hang.
    const timer = startTimer(() => {
      if ((socket as { bytesWritten?: number }).bytesWritten === 0) notFound();
    }, this.init.settings.handshakeTimeout).unref();
    socket.once('close', () => timer.stop());
  }
}

/**
 * Ends the connection, and so gives its place back, when its client does while the guards are at work: Node leaves the other half
 * of it open.
 */
async function endedByItsClient<T>(socket: Duplex, work: () => Promise<T>): Promise<T> {
  const onEnd = (): void => void socket.destroy();
  socket.once('end', onEnd);
  try {
    return await work();
  } finally {
    socket.off('end', onEnd);
  }
}

function addressOfPeer({ socket }: IncomingMessage): string | undefined {
  return socket.remoteAddress;
}

const BASE = 'ws://localhost';

function readTarget({ url = '/' }: IncomingMessage): { pathname: string; query: URLSearchParams } {
  try {
    // A target that starts with two slashes would be read as a host name.
    const { pathname, searchParams } = new URL(url.startsWith('/') ? `${BASE}${url}` : url, BASE);
    return { pathname, query: searchParams };
  } catch (error) {
    throw new MillraceError('BAD_REQUEST', 'The request target is not a path', { cause: error });
  }
}

/** Of a refusal itself, whatever else was set. */
const OWN_HEADERS = ['Content-Type', 'Content-Length', 'Transfer-Encoding', 'Cache-Control', 'Connection'];

/** Answers a handshake with an ordinary HTTP response, so that the client sees a real status. */
export function refuseUpgrade(socket: Duplex, error: unknown, response?: HandshakeResponse): void {
  if (!socket.writable) return;
  const { status, detail, headers } = describeError(error);
  const body = JSON.stringify({ detail });
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
    ...Object.entries({ ...NO_SNIFFING, ...headers }).map(([name, value]) => `${name}: ${value}`),
    ...(response?.lines([...OWN_HEADERS, ...Object.keys({ ...NO_SNIFFING, ...headers })]) ?? []),
  ];
  // A peer that keeps its half open would keep the connection, and its place, forever.
  socket.once('finish', () => socket.destroy());
  // What it has sent ahead is read, or the answer could be lost with it.
  socket.resume();
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
