import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { callOut, startInterval, thrownReport, type Timer } from '@millrace/protocol';
import { Injectable, Logger, type OnApplicationBootstrap, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { bodyHeadersOf } from './raw-body.js';
import { BodyArrival, streamOf } from './body-arrival.js';
import { SLOW_BODIES_OPTIONS, type SlowBodiesOptions, type SlowBodiesSettings } from './slow-bodies.options.js';

/** Looks at each body within its window. */
const LOOKS = 20;

/**
 * Ends requests whose bodies come too slowly, with 408: each would hold a connection, and what its reader keeps, for as long as its
 * sender likes. It sees every request of the application's server, those of the host's own routes too, by HTTP/1.1 and HTTP/2.
 *
 * A body may be large, and its line slow: what counts is that it goes on coming. Time in which the server does not read it, or
 * stands still, does not count.
 *
 * @example
 * ```ts
 * app.get(SlowBodies, { strict: false }).configure({ window: '1m', except: ({ url }) => url === '/live' });
 * ```
 * @publicApi
 */
@Injectable()
export class SlowBodies implements OnApplicationBootstrap {
  private readonly logger = new Logger(SlowBodies.name);
  private settings: SlowBodiesSettings = SLOW_BODIES_OPTIONS.read({});
  private readonly arrivals = new Set<BodyArrival>();
  private fresh: [IncomingMessage, ServerResponse][] = [];
  private readonly attached = new WeakSet<Server>();
  private looks: Timer | undefined;

  constructor(@Optional() private readonly host?: HttpAdapterHost) {}

  onApplicationBootstrap(): void {
    // An application without HTTP has none.
    const server = this.host?.httpAdapter?.getHttpServer() as Server | undefined;
    if (server) this.attach(server);
  }

  /** Other limits than the default ones, for requests from now on. */
  configure(options: SlowBodiesOptions): void {
    this.settings = SLOW_BODIES_OPTIONS.read(options);
  }

  /** Watches the requests of one more server. */
  attach(server: Server): void {
    if (this.attached.has(server)) return;
    this.attached.add(server);
    server.prependListener('request', this.watch);
  }

  /** Watches one request that does not come by a server it is attached to. */
  readonly watch = (request: IncomingMessage, response: ServerResponse): void => {
    if (!hasBody(request)) return;
    // Most bodies come in one packet with the head of their request: those are never looked at.
    if (this.fresh.push([request, response]) === 1) setImmediate(this.begin);
  };

  private readonly begin = (): void => {
    const { settings, fresh } = this;
    this.fresh = [];
    for (const [request, response] of fresh) {
      if (request.complete || request.destroyed || this.isExcepted(request)) continue;
      this.arrivals.add(new BodyArrival(request, response, { ...settings, looks: LOOKS }));
    }
    // A process may end while it waits for a body.
    if (this.arrivals.size > 0) this.looks ??= startInterval(this.lookSoon, settings.window / LOOKS).unref();
  };

  /** Whether the host says so; where it fails, the request is watched as any other. */
  private isExcepted(request: IncomingMessage): boolean {
    const { except } = this.settings;
    if (!except) return false;
    let answer: unknown;
    callOut(
      () => (answer = except(request)),
      (error) => this.logger.error(`The option "except" failed: ${thrownReport(error)}`),
    );
    return answer === true;
  }

  /** A timer that is due runs before sockets are read: what came while the process stood still is counted first. */
  private readonly lookSoon = (): void => void setImmediate(this.look);

  private readonly look = (): void => {
    for (const arrival of this.arrivals) if (arrival.look()) this.arrivals.delete(arrival);
    if (this.arrivals.size > 0) return;
    this.looks?.stop();
    this.looks = undefined;
  };
}

function hasBody(request: IncomingMessage): boolean {
  const stream = streamOf(request);
  if (stream) return !stream.endAfterHeaders;
  const { 'content-length': length, 'transfer-encoding': coding } = bodyHeadersOf(request);
  return coding !== undefined || (length !== undefined && length !== '0');
}
