/**
 * A result with a binary payload. Over WebSocket it travels as a binary frame; HTTP and batches carry the result alone.
 *
 * @example
 * ```ts
 * return new RpcReply({ width, height, type: 'image/png' }, png);
 * ```
 * @publicApi
 */
export class RpcReply<Result = unknown> {
  constructor(
    readonly result: Result,
    /** The bytes; they must not change until they are sent. An empty payload gives an ordinary text frame. */
    readonly payload: Uint8Array,
  ) {}
}
