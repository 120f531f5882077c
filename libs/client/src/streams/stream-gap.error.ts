import { ClientError } from '../errors/client.error.js';

/** Entries that a pull should have given are gone: retention took them. */
export interface StreamGap {
  readonly stream: string;
  /** The entries after this ID … */
  readonly after: string;
  /** … and before this one, the first that is still kept, are gone; undefined when none is. */
  readonly first: string | undefined;
}

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
