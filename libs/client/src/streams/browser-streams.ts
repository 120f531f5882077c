import { nativeDialer } from '../rpc/browser/native-dialer.js';
import { browserHttpGet } from './browser-http-get.js';
import type { StreamsOptions } from './stream-link.js';
import { BaseStreams } from './streams.js';

/**
 * The streams of a Millrace server, for browsers.
 *
 * @publicApi
 */
export class Streams extends BaseStreams {
  constructor(options: StreamsOptions) {
    super(options, { dial: nativeDialer, get: browserHttpGet, tokenInQuery: true });
  }
}
