import type { WatchEvent } from '../../api/watch-event.js';

/**
 * An event as it goes over the wire, on both kinds of stream, in pieces of about so many bytes: a snapshot may be large,
 * and need not be held as one text for each watcher who takes it slowly.
 */
export function* watchEventJson(partition: string, event: WatchEvent, pieceBytes: number): Generator<string, void> {
  const head = `{"type":${JSON.stringify(event.type)},"index":${JSON.stringify(event.index)},"partition":${JSON.stringify(partition)}`;
  if (event.type === 'gap') yield `${head}}`;
  else if (event.type !== 'snapshot') yield `${head},"time":${event.time},"connection":${event.connection.json}}`;
  else {
    let piece = `${head},"connections":[`;
    let bytes = piece.length;
    let separator = '';
    for (const { json } of event.connections) {
      const size = Buffer.byteLength(json);
      if (bytes + size > pieceBytes) {
        yield piece;
        piece = '';
        bytes = 0;
      }
      piece += separator + json;
      bytes += size + 1;
      separator = ',';
    }
    yield `${piece}]}`;
  }
}
