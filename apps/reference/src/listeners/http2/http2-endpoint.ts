import { createServer, type Http2Server, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { Socket } from 'node:net';
import type { Logger } from '@nestjs/common';
import { Http2Sessions } from './http2-sessions.js';

/** Answers requests that came by HTTP/2. */
export type Http2Handler = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

const MEBIBYTE = 1024 * 1024;

/** Bytes a client may send ahead of the handler, for one request and for all requests of a connection. */
const STREAM_WINDOW = MEBIBYTE;
const CONNECTION_WINDOW = 4 * MEBIBYTE;

/** Requests under way on one connection. */
const MAX_STREAMS = 128;

/**
 * What a client may send that is of no use before its connection ends: broken frames and empty ones, and requests beyond
 * `MAX_STREAMS`. Node itself bounds parts of headers, and answers to pings and settings that are not taken.
 */
const USELESS = { maxSessionInvalidFrames: 1000, maxSessionRejectedStreams: 100 };

/**
 * Memory of one connection, in megabytes. Node counts answers on their way out as well and refuses further requests beyond
 * this, so it has to hold several large ones.
 */
const SESSION_MEMORY = 256;

/** How long a connection without a request is kept, in milliseconds. */
const IDLE_TIMEOUT = 5 * 60_000;

/**
 * Lets values with a space at the end through, such as the `Bearer ` of an empty key, so that they can be refused. Node 20
 * does not know the option, and drops such headers: there an empty key is as good as none.
 */
const LENIENT = { strictFieldWhitespaceValidation: false };

/** Serves HTTP/2 on connections that somebody else has accepted. */
export class Http2Endpoint {
  private readonly server: Http2Server;
  private readonly sessions = new Http2Sessions(IDLE_TIMEOUT);

  constructor(handler: Http2Handler, logger: Logger) {
    this.server = createServer({
      ...LENIENT,
      ...USELESS,
      maxSessionMemory: SESSION_MEMORY,
      settings: { maxConcurrentStreams: MAX_STREAMS, initialWindowSize: STREAM_WINDOW },
    });
    this.server.on('request', handler);
    this.server.on('session', (session) => {
      session.setLocalWindowSize(CONNECTION_WINDOW);
      // A peer that has hung up gets the answers it waits for; the connection would stay half open else.
      session.socket.once('end', () => session.close());
      this.sessions.add(session);
    });
    this.server.on('sessionError', (error) => logger.debug(`An HTTP/2 connection broke: ${error.message}`));
  }

  accept(socket: Socket): void {
    this.server.emit('connection', socket);
  }

  /** Says goodbye on every connection; requests under way are answered. */
  close(): void {
    this.sessions.close();
  }
}
