import type { SocketConnection } from '@millrace/core/sockets';
import { connectionLost, messageTooLarge, overloaded } from '../queries/hub-errors.js';
import { acknowledgementFrame } from './hub-frames.js';
import type { HubSettings } from '../../connector-hub.options.js';
import type { ReadPause } from './read-pause.js';

/** Bytes of answers that may wait beyond those of publishes; then the socket is not read until its peer reads. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** What a session sends: in the frame type of its client (connector§2.3), and within the limits of its buffer. */
export class SessionOutlet {
  private binary: boolean | undefined;
  private waiting: Promise<void> | undefined;

  constructor(
    private readonly connection: SocketConnection,
    private readonly settings: Pick<HubSettings, 'maxMessageBytes' | 'maxBufferedBytes' | 'stallTimeout'>,
    private readonly reading: ReadPause,
  ) {}

  get frames(): 'text' | 'binary' {
    return this.binary ? 'binary' : 'text';
  }

  /** The client's first message decides in which frames it is answered. */
  mirror(isBinary: boolean): void {
    this.binary ??= isBinary;
  }

  /** Sends what answers a message of the client; undefined is the plain acknowledgement. */
  answer(text: string | undefined): void {
    if (text === undefined) this.connection.writeFrames(acknowledgementFrame(this.binary ?? false));
    else this.write(text);
    const { bufferedBytes, isOpen } = this.connection;
    if (isOpen && bufferedBytes > this.settings.maxBufferedBytes + MAX_ANSWER_BYTES) {
      this.waiting ??= this.waitForPeer();
    }
  }

  /** Resolves at once, or when too many answers wait for the client: once it has taken them. */
  taken(): Promise<void> {
    return this.waiting ?? Promise.resolve();
  }

  /** @throws HubQueryError when the message is too large, or the connector reads too slowly */
  sendChecked(source: string, text: string): void {
    const bytes = Buffer.byteLength(text);
    const { maxMessageBytes, maxBufferedBytes } = this.settings;
    if (bytes > maxMessageBytes) throw messageTooLarge(source, bytes, maxMessageBytes);
    if (!this.connection.isOpen) throw connectionLost(source);
    if (this.connection.bufferedBytes > maxBufferedBytes) throw overloaded(source);
    this.write(text);
  }

  private write(text: string): void {
    if (!this.connection.isOpen) return;
    const binary = this.binary ?? false;
    this.connection.ws.send(binary ? Buffer.from(text) : text, { binary });
  }

  /** A client that sends and does not read would fill the memory with its answers. */
  private async waitForPeer(): Promise<void> {
    this.reading.hold('answers');
    let taken = this.connection.bytesSent;
    // A socket that is not read cannot be found dead by its pongs.
    const stalled = setInterval(() => {
      const { bytesSent } = this.connection;
      if (bytesSent === taken) this.connection.ws.terminate();
      taken = bytesSent;
    }, this.settings.stallTimeout);
    stalled.unref();
    await this.connection.drained();
    clearInterval(stalled);
    this.waiting = undefined;
    this.reading.release('answers');
  }
}
