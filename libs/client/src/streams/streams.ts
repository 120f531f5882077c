import { pullEntries, type PullOptions } from './pull-entries.js';
import type { StreamEntry } from './stream-entry.js';
import { StreamLink, type StreamPlatform, type StreamsOptions } from './stream-link.js';
import { StreamPusher, type PushOptions } from './stream-pusher.js';

/** What the clients of Node and of browsers share: everything but the dialer. */
export abstract class BaseStreams {
  private readonly link: StreamLink;

  protected constructor(options: StreamsOptions, platform: StreamPlatform) {
    this.link = new StreamLink(options, platform);
  }

  /** Pushes entries to a stream, each acknowledged with its ID. */
  push(stream: string, options?: PushOptions): StreamPusher {
    return new StreamPusher(this.link, stream, options);
  }

  /** Iterates over the entries of one or more streams, through cuts of the connection. */
  pull(streams: string | readonly string[], options?: PullOptions): AsyncGenerator<StreamEntry, void, undefined> {
    return pullEntries(this.link, typeof streams === 'string' ? [streams] : streams, options);
  }
}
