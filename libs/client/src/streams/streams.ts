import { ServerLink } from '../link/server-link.js';
import type { Transport } from '../transport/transport.interface.js';
import { StreamsApi } from './streams-api.js';
import { readStreamsOptions, type StreamsOptions } from './streams-options.js';

/** What the clients of Node and of browsers share: everything but the transport. */
export abstract class BaseStreams extends StreamsApi {
  protected constructor(options: StreamsOptions, transport: Transport) {
    super(new ServerLink(readStreamsOptions(options), { ...transport, ...(options.dial && { dial: options.dial }) }));
  }
}
