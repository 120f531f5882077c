import type { Socket } from 'node:net';
import { startTimer } from '@millrace/protocol';

/** What a fresh connection speaks. */
export type WireProtocol = 'http/1.1' | 'h2';

/** The first bytes of every HTTP/2 connection (RFC 9113 section 3.4). No HTTP/1 request begins with them. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/**
 * Looks at the first bytes of a connection until they tell HTTP/2 from everything else, and puts them back. Undefined when
 * the peer ends the connection, or says too little until the deadline.
 *
 * @param deadline in milliseconds
 */
export function sniffProtocol(socket: Socket, deadline: number): Promise<WireProtocol | undefined> {
  return new Promise((resolve) => {
    let seen: Buffer = Buffer.alloc(0);
    const finish = (protocol: WireProtocol | undefined): void => {
      timer.stop();
      socket.off('readable', onReadable).off('end', onEnd).off('close', onEnd);
      if (protocol) socket.unshift(seen);
      resolve(protocol);
    };
    const onEnd = (): void => finish(undefined);
    const onReadable = (): void => {
      for (let chunk = read(socket); chunk; chunk = read(socket)) {
        seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
        const protocol = recognize(seen);
        if (protocol) return finish(protocol);
      }
    };
    const timer = startTimer(onEnd, deadline);
    socket.on('readable', onReadable).on('end', onEnd).on('close', onEnd);
  });
}

function read(socket: Socket): Buffer | null {
  return socket.read() as Buffer | null;
}

function recognize(seen: Buffer): WireProtocol | undefined {
  const length = Math.min(seen.length, PREFACE.length);
  if (seen.compare(PREFACE, 0, length, 0, length) !== 0) return 'http/1.1';
  return length === PREFACE.length ? 'h2' : undefined;
}
