import type { EventStream } from '@millrace/core/http';
import { serverSentFields } from '@millrace/protocol';
import type { WatchSink } from '../engine/watch/watch-hub.js';

/** Writes the events of a watch to a stream of server-sent events; a large one goes out in several pieces. */
export function watchEventStream(stream: EventStream): WatchSink {
  return {
    signal: stream.signal,
    write: ({ type, index }, { text, isFirst, isLast }, signal) => {
      const head = isFirst ? `${serverSentFields({ event: type, id: index })}data: ` : '';
      return stream.write(`${head}${text}${isLast ? '\n\n' : ''}`, isLast, signal);
    },
  };
}
