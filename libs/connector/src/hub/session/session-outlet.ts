import type { FlowGate, SocketConnection } from '@millrace/core/sockets';
import { hubError } from '../queries/hub-errors.js';
import { acknowledgementFrame } from './hub-frames.js';
import type { HubSettings } from '../../connector-hub.options.js';

/** What a session sends: in the frame type of its client (connector§2.3), and within the limits of its buffer. */
export class SessionOutlet {
  private binary: boolean | undefined;

  constructor(
    private readonly connection: SocketConnection,
    private readonly settings: Pick<HubSettings, 'maxMessageBytes' | 'maxBufferedBytes'>,
    private readonly gate: FlowGate,
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
    this.gate.answered();
  }

  /** @throws HubQueryError when the message is too large, or the connector reads too slowly */
  sendChecked(source: string, text: string): void {
    const bytes = Buffer.byteLength(text);
    const { maxMessageBytes, maxBufferedBytes } = this.settings;
    if (bytes > maxMessageBytes) throw hubError('messageTooLarge', source, bytes, maxMessageBytes);
    if (!this.connection.isOpen) throw hubError('connectionLost', source);
    if (this.connection.bufferedBytes > maxBufferedBytes) throw hubError('overloaded', source);
    this.write(text);
  }

  private write(text: string): void {
    if (!this.connection.isOpen) return;
    const binary = this.binary ?? false;
    this.connection.ws.send(binary ? Buffer.from(text) : text, { binary });
  }
}
