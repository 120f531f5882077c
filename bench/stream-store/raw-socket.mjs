// A WebSocket client that costs as little as it can, so that what is measured is the server: it walks frame headers,
// copies no payload, and sends frames that were built beforehand.
import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;

/** One masked frame; the mask of zeros leaves the payload as it is and costs the server the same. */
export function clientFrame(opcode, payload) {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.alloc(2 + extended + 4 + length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) frame.writeUInt16BE(length, 2);
  if (extended === 8) frame.writeUIntBE(length, 4, 6);
  payload.copy(frame, frame.length - length);
  return frame;
}

export const textFrame = (text) => clientFrame(TEXT, Buffer.from(text));
export const binaryFrame = (payload) => clientFrame(BINARY, payload);

export class RawSocket {
  /** Payload bytes of binary frames, and numbers of frames, received so far. */
  bytes = 0;
  binaries = 0;
  texts = 0;
  /** Called with each whole frame; only then payloads are put together. */
  onFrame;
  /** Called after each piece of received data. */
  onProgress;
  closed = false;
  #rest = Buffer.alloc(0);
  #skip = 0;

  static open(url) {
    const { hostname, port, pathname, search } = new URL(url);
    const raw = new RawSocket();
    raw.socket = connect({ host: hostname, port: Number(port), noDelay: true });
    return new Promise((resolve, reject) => {
      raw.socket.once('error', reject);
      raw.socket.once('close', () => {
        raw.closed = true;
        raw.onProgress?.();
      });
      raw.socket.write(
        `GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
      );
      let head = Buffer.alloc(0);
      const onHead = (data) => {
        head = Buffer.concat([head, data]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        raw.socket.off('data', onHead);
        if (!head.subarray(0, 12).equals(Buffer.from('HTTP/1.1 101'))) {
          reject(new Error(`Refused: ${head.subarray(0, end).toString()}`));
          return;
        }
        raw.socket.on('data', (chunk) => raw.#receive(chunk));
        if (head.length > end + 4) raw.#receive(head.subarray(end + 4));
        resolve(raw);
      };
      raw.socket.on('data', onHead);
    });
  }

  /** Writes and waits while the socket's own buffer is full. */
  async write(data) {
    if (!this.socket.write(data)) await new Promise((resolve) => this.socket.once('drain', resolve));
  }

  destroy() {
    this.socket.destroy();
  }

  #receive(chunk) {
    let data = chunk;
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, data.length);
      this.#skip -= skipped;
      data = data.subarray(skipped);
    }
    if (this.#rest.length > 0 && data.length > 0) data = Buffer.concat([this.#rest, data]);
    let at = 0;
    for (; data.length - at >= 2;) {
      const opcode = data[at] & 0x0f;
      let length = data[at + 1] & 0x7f;
      let start = at + 2;
      if (length === 126) {
        if (data.length < at + 4) break;
        length = data.readUInt16BE(at + 2);
        start += 2;
      } else if (length === 127) {
        if (data.length < at + 10) break;
        length = data.readUIntBE(at + 4, 6);
        start += 8;
      }
      const end = start + length;
      if (this.onFrame || opcode >= CLOSE) {
        if (end > data.length) break;
        this.#frame(opcode, data.subarray(start, end));
      }
      if (opcode === BINARY) {
        this.bytes += length;
        this.binaries += 1;
      } else if (opcode === TEXT) this.texts += 1;
      if (end > data.length) {
        this.#skip = end - data.length;
        at = data.length;
        break;
      }
      at = end;
    }
    this.#rest = at < data.length ? data.subarray(at) : Buffer.alloc(0);
    this.onProgress?.();
  }

  #frame(opcode, payload) {
    if (opcode === PING) this.socket.write(clientFrame(10, payload));
    else if (opcode === CLOSE) throw new Error(`The server closed the socket: ${payload.toString('latin1')}`);
    else this.onFrame?.(payload, opcode === BINARY);
  }
}
