import { browserTransport } from '../transport/browser/browser-transport.js';
import { BaseStreams } from './streams.js';
import type { StreamsOptions } from './streams-options.js';

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
