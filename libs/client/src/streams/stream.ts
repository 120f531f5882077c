import type { CallLimits } from '../timing/call-limits.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { PullOptions } from './pull-entries.js';
import type { StreamEntry } from './stream-entry.js';
import type { DeletedStream, StreamInfo, StreamMetadata } from './stream-info.js';
import type { PushOptions, StreamPusher } from './stream-pusher.js';
import type { SetMetadataOptions, StreamsApi } from './streams-api.js';

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
  push(options?: PushOptions): StreamPusher {
    return this.streams.push(this.name, options);
  }

  /** {@inheritDoc StreamsApi.pull} */
  pull(options?: PullOptions): AsyncGenerator<StreamEntry, void, undefined> {
    return this.streams.pull(this.names, options);
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
