/// <reference lib="esnext.disposable" preserve="true" />
import { asyncDispose } from '../async-dispose.js';
import { ServerLink } from '../link/server-link.js';
import type { CallLimits } from '../timing/call-limits.js';
import type { Transport } from '../transport/transport.interface.js';
import { StreamsApi } from './streams-api.js';
import { readStreamsOptions, type StreamsOptions } from './streams-options.js';

/** What the clients of Node and of browsers share: everything but the transport. */
export abstract class BaseStreams extends StreamsApi implements AsyncDisposable {
  private readonly end: (limits?: CallLimits) => Promise<void>;

  protected constructor(options: StreamsOptions, transport: Transport) {
    const link = new ServerLink(readStreamsOptions(options), {
      ...transport,
      ...(options.dial && { dial: options.dial }),
    });
    super(link);
    this.end = (limits) => link.close(limits);
  }

  /** Waits until open pushes are stored, for as long as the limits allow, then ends everything else that is under way. */
  close(limits?: CallLimits): Promise<void> {
    return this.end(limits);
  }

  [asyncDispose](): Promise<void> {
    return this.close();
  }
}
