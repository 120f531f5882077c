import { wsDialer } from '../rpc/node/ws-dialer.js';
import { nodeHttpGet } from './node-http-get.js';
import type { StreamsOptions } from './stream-link.js';
import { BaseStreams } from './streams.js';

/**
 * The streams of a Millrace server.
 *
 * @example
 * ```ts
 * const streams = new Streams({ url: 'http://localhost:7890', token });
 * for await (const { id, data } of streams.pull('camera', { after: '0' })) console.log(id, data.length);
 * ```
 * @publicApi
 */
export class Streams extends BaseStreams {
  constructor(options: StreamsOptions) {
    super(options, { dial: wsDialer, get: nodeHttpGet, tokenInQuery: false });
  }
}
