import { browserTransport } from '../transport/browser/browser-transport.js';
import { BaseStreams, type StreamsOptions } from './streams.js';

/**
 * The streams of a Millrace server, reached without `connect()`, for browsers.
 *
 * @publicApi
 */
export class Streams extends BaseStreams {
  constructor(options: StreamsOptions) {
    super(options, browserTransport());
  }
}
