import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type HttpServer, Injectable, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type EarlyMiddleware, installEarly, isFastify } from './early-middleware.js';
import { HostPaths, type PathPlace } from './host-paths.js';

/** Tells whether the body of a request is to be left unread. @param path without the query */
export type RawBodyClaim = (method: string, path: string) => boolean;

interface PlacedClaim {
  readonly claim: RawBodyClaim;
  readonly place: PathPlace | undefined;
}

const HIDDEN = ['content-type', 'content-length', 'transfer-encoding'] as const;
const BODY_HEADERS = Symbol.for('millrace:body-headers');

type Claimed = IncomingMessage & { [BODY_HEADERS]?: IncomingHttpHeaders };

/**
 * Keeps the host's body parsers away from the bodies of chosen routes, on Express and on Fastify, so that a handler can
 * read or stream them itself. All other routes behave as before.
 *
 * The parsers of both frameworks look at three headers to see whether there is a body; those are hidden from them. Ask
 * {@link bodyHeadersOf} for the hidden ones, and {@link rawRequestOf} for the stream.
 *
 * @publicApi
 */
@Injectable()
export class RawBody {
  private readonly claims: PlacedClaim[] = [];
  private readonly hooked = new WeakSet<HttpServer>();

  constructor(
    private readonly paths: HostPaths,
    @Optional() host?: HttpAdapterHost,
  ) {
    if (host?.httpAdapter) this.install(host.httpAdapter);
  }

  /**
   * Puts this before the parsers of an HTTP adapter. Express runs middleware in the order of registration and Nest
   * registers its parsers when the application starts, so this must come earlier: the constructor does it, and the
   * constructor of `MillraceWsAdapter` once more, since testing modules are made before their HTTP adapter is known.
   */
  install(adapter: HttpServer): void {
    if (this.hooked.has(adapter) && isFastify(adapter)) return;
    this.hooked.add(adapter);
    installEarly(adapter, this.middleware);
  }

  /** Doing it twice to one request changes nothing. */
  readonly middleware: EarlyMiddleware = (request, _response, next) => {
    if (!(request as Claimed)[BODY_HEADERS] && this.isClaimed(request)) hide(request);
    next();
  };

  /**
   * Claims the bodies of routes; call it in a constructor or in `onModuleInit`.
   *
   * @param place where the routes stand: the claim then gets paths without the host's global prefix
   */
  claim(claim: RawBodyClaim, place?: PathPlace): void {
    this.claims.push({ claim, place });
  }

  private isClaimed(request: IncomingMessage): boolean {
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const { method = 'GET' } = request;
    return this.claims.some(({ claim, place }) => {
      const known = place ? this.paths.within(path, place, method) : path;
      return known !== undefined && claim(method, known);
    });
  }
}

function hide(request: Claimed): void {
  const hidden: IncomingHttpHeaders = {};
  for (const name of HIDDEN) {
    const value = request.headers[name];
    if (value === undefined) continue;
    hidden[name] = value;
    // Not deleted, which would slow down every later look at the headers.
    request.headers[name] = undefined;
  }
  request[BODY_HEADERS] = hidden;
}

/** Node's request behind the request object of Express or Fastify. */
export function rawRequestOf(request: object): IncomingMessage {
  const { raw } = request as { raw?: IncomingMessage };
  return raw ?? (request as IncomingMessage);
}

/** `content-type`, `content-length` and `transfer-encoding` of a request, also where {@link RawBody} hid them. */
export function bodyHeadersOf(request: object): IncomingHttpHeaders {
  const raw = rawRequestOf(request);
  return (raw as Claimed)[BODY_HEADERS] ?? raw.headers;
}
