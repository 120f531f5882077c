/** Bytes that are handed to the operating system at a time: so many that a whole read of the storage mostly is one. */
const SLICE = 1024 * 1024;

type WriteCallback = (error?: Error | null) => void;

interface WrittenChunk {
  readonly chunk: unknown;
  readonly encoding: string;
}

/** The chunks of one write; the mark is Node's, and lets it pass buffers on as they are. */
type WrittenChunks = WrittenChunk[] & { allBuffers?: boolean };

/** Node's handle of a connection. */
interface SocketHandle {
  /** Bytes that were handed to it, and those of them that the operating system has not taken. */
  readonly bytesWritten?: number;
  readonly writeQueueSize?: number;
  /** That of TCP below one of TLS. */
  readonly _parent?: SocketHandle;
}

/** The part of a Node socket that is used. */
export interface SliceableSocket {
  readonly _handle?: SocketHandle | null;
  readonly bytesWritten?: number;
  readonly writableLength: number;
  _write(chunk: unknown, encoding: string, callback: WriteCallback): void;
  _writev?(chunks: WrittenChunks, callback: WriteCallback): void;
}

/**
 * Hands large writes of a socket to the operating system in slices, one after the other: TLS encrypts a write as a whole, and
 * some systems tell nothing of one before all of it has left. The slices are made below the buffer of the socket, so the
 * order of all that is written stays, and nothing is copied.
 */
export class SlicedWrites {
  constructor(private readonly socket: SliceableSocket) {
    const write = socket._write.bind(socket);
    const writeAll = socket._writev?.bind(socket);
    if (!writeAll) return;
    socket._write = (chunk, encoding, callback) => {
      if (sizeOf(chunk) <= SLICE) write(chunk, encoding, callback);
      else writeSlices(writeAll, [{ chunk, encoding }], callback);
    };
    socket._writev = (chunks, callback) => {
      if (bytesOf(chunks) <= SLICE) writeAll(chunks, callback);
      else writeSlices(writeAll, chunks, callback);
    };
  }

  /**
   * Bytes ever taken by the operating system for the peer; stands still while the peer takes nothing. Only the handle tells
   * of a peer that takes a large write for minutes: the socket counts it when all of it has left.
   */
  get bytesSent(): number {
    const { _handle: handle, bytesWritten = 0 } = this.socket;
    const transport = handle?._parent ?? handle;
    return (transport?.bytesWritten ?? bytesWritten) - (transport?.writeQueueSize ?? 0);
  }
}

function writeSlices(
  writeAll: NonNullable<SliceableSocket['_writev']>,
  chunks: WrittenChunks,
  callback: WriteCallback,
): void {
  const slices = slicesOf(chunks);
  const allBuffers = chunks.every(({ chunk }) => typeof chunk !== 'string');
  const go = (): void => {
    // A loop, as the socket may call back at once: thousands of slices would fill the stack.
    for (let now = true; now;) {
      const { value: slice } = slices.next();
      if (!slice) {
        callback();
        return;
      }
      now = false;
      let returned = false;
      writeAll(Object.assign(slice, { allBuffers }), (error) => {
        if (error) callback(error);
        else if (returned) go();
        else now = true;
      });
      returned = true;
    }
  };
  go();
}

/** Texts, as of a handshake, are short; they are not cut. */
function sizeOf(chunk: unknown): number {
  return (chunk as { length: number }).length;
}

function bytesOf(chunks: readonly WrittenChunk[]): number {
  let bytes = 0;
  for (const { chunk } of chunks) bytes += sizeOf(chunk);
  return bytes;
}

function* slicesOf(chunks: readonly WrittenChunk[]): Generator<WrittenChunk[], undefined> {
  let slice: WrittenChunk[] = [];
  let room = SLICE;
  for (const { chunk, encoding } of chunks) {
    for (let from = 0, size = sizeOf(chunk); from < size;) {
      const part = chunk instanceof Uint8Array ? chunk.subarray(from, from + room) : chunk;
      slice.push({ chunk: part, encoding });
      from += sizeOf(part);
      room -= sizeOf(part);
      if (room > 0) continue;
      yield slice;
      slice = [];
      room = SLICE;
    }
  }
  if (slice.length > 0) yield slice;
  return undefined;
}
