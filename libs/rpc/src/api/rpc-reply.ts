import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';

/**
 * A result with a binary payload. Over WebSocket it travels as a binary frame; HTTP and batches carry the result alone. To
 * interceptors it is a file: those that serialize or keep what routes answer leave files as they are.
 *
 * @example
 * ```ts
 * return new RpcReply({ width, height, type: 'image/png' }, png);
 * ```
 * @publicApi
 */
export class RpcReply<Result = unknown> extends StreamableFile {
  constructor(
    readonly result: Result,
    /** The bytes; they must not change until they are sent. An empty payload gives an ordinary text frame. */
    readonly payload: Uint8Array,
  ) {
    super(UNREAD);
  }

  /** The payload as a stream. */
  override getStream(): Readable {
    return Readable.from([this.payload]);
  }
}

/** In place of a stream for each reply, which costs more than the reply: {@link RpcReply.getStream} makes one when asked. */
const UNREAD = Object.freeze({ pipe: () => undefined }) as unknown as Readable;
