import type { DeletedStream, StreamEntry, StreamMetadata } from '@millrace/protocol';
import type { CallLimits } from '../timing/call-limits.js';
import { ConfigurationError } from '../errors/client.error.js';
import type { ConsumedEntry, ConsumeOptions } from './pull/consume-entries.js';
import type { PullOptions } from './pull/pull-options.js';
import type { PlainPusher } from './push/plain-pusher.js';
import type { PlainPushOptions, PushOptions } from './push/push-options.js';
import type { StreamPusher } from './push/stream-pusher.js';
import type { StreamInfo } from './stream-info.js';
import type { ReadOptions, SetMetadataOptions, StreamsApi } from './streams-api.js';

/**
 * One stream, or several that are pulled together: the calls of {@link StreamsApi} with the names filled in.
 *
 * @publicApi
 */
export class Stream {
  /** @internal made by `Millrace.stream()` */
  constructor(
    private readonly streams: StreamsApi,
    readonly names: readonly [string, ...string[]],
  ) {}

  /** {@inheritDoc StreamsApi.push} */
  push(options: PlainPushOptions): PlainPusher;
  push(options?: PushOptions): StreamPusher;
  push(options?: PushOptions | PlainPushOptions): StreamPusher | PlainPusher {
    return options?.ack === false ? this.streams.push(this.name, options) : this.streams.push(this.name, options);
  }

  /** {@inheritDoc StreamsApi.pull} */
  pull(options?: PullOptions): AsyncGenerator<StreamEntry, void, undefined> {
    return this.streams.pull(this.names, options);
  }

  /** {@inheritDoc StreamsApi.consume} */
  consume(options: ConsumeOptions): AsyncGenerator<ConsumedEntry, void, undefined> {
    return this.streams.consume(this.names, options);
  }

  /** {@inheritDoc StreamsApi.read} */
  read(options?: ReadOptions): Promise<StreamEntry[]> {
    return this.streams.read(this.names, options);
  }

  /** {@inheritDoc StreamsApi.info} */
  info(limits?: CallLimits): Promise<StreamInfo> {
    return this.streams.info(this.name, limits);
  }

  /** {@inheritDoc StreamsApi.metadata} */
  metadata(limits?: CallLimits): Promise<StreamMetadata | undefined> {
    return this.streams.metadata(this.name, limits);
  }

  /** {@inheritDoc StreamsApi.setMetadata} */
  setMetadata(metadata: StreamMetadata, options?: SetMetadataOptions): Promise<StreamMetadata> {
    return this.streams.setMetadata(this.name, metadata, options);
  }

  /** {@inheritDoc StreamsApi.end} */
  end(limits?: CallLimits): Promise<StreamInfo> {
    return this.streams.end(this.name, limits);
  }

  /** {@inheritDoc StreamsApi.delete} */
  delete(limits?: CallLimits): Promise<DeletedStream[]> {
    return this.streams.delete(this.names, limits);
  }

  private get name(): string {
    const [name, ...others] = this.names;
    if (others.length > 0) throw new ConfigurationError('stream', 'names several; this call takes one');
    return name;
  }
}
