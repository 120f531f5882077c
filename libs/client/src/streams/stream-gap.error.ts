import type { StreamGap } from '@millrace/protocol';
import { ClientError } from '../errors/client.error.js';

/** A gap, in a pull that was not told what to do with one. */
export class StreamGapError extends ClientError implements StreamGap {
  readonly code = 'STREAM_GAP';
  readonly stream: string;
  readonly after: string;
  readonly first: string | undefined;

  constructor({ stream, after, first }: StreamGap) {
    const kept = first === undefined ? 'none is kept' : `the first one kept is ${first}`;
    super(`Entries of "${stream}" after ${after} are gone; ${kept}. Give onGap to go on there`);
    this.stream = stream;
    this.after = after;
    this.first = first;
  }
}
