import { nodeTransport } from '../transport/node/node-transport.js';
import { BaseStreams, type StreamsOptions } from './streams.js';

/**
 * The streams of a Millrace server, reached without `connect()`.
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
    super(options, nodeTransport());
  }
}
