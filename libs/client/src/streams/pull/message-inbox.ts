import type { ClientSocket, CloseInfo } from '../../transport/socket.interface.js';

/** How long the server's part of the closing handshake is waited for, in milliseconds. */
const CLOSE_TIMEOUT = 1000;

/** Messages of a socket, one after the other. */
export class MessageInbox {
  /** How the socket ended, once it has. */
  closed: CloseInfo | undefined;
  private readonly messages: (string | Uint8Array)[] = [];
  private wake: () => void = () => undefined;
  private closing: ReturnType<typeof setTimeout> | undefined;
  private readonly onAbort = (): void => this.wake();

  constructor(
    private readonly socket: ClientSocket,
    private readonly signal: AbortSignal | undefined,
  ) {
    signal?.addEventListener('abort', this.onAbort, { once: true });
    socket.listen({
      message: (data) => {
        this.messages.push(data);
        this.wake();
      },
      close: (code, reason) => {
        clearTimeout(this.closing);
        this.closed = { code, reason };
        this.wake();
      },
    });
  }

  /** The next message, also one that came before the end; undefined when there is none. @throws the signal's reason */
  async next(): Promise<string | Uint8Array | undefined> {
    while (this.messages.length === 0 && !this.closed) {
      this.signal?.throwIfAborted();
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    return this.messages.shift();
  }

  /** Closes the socket; nothing of it stays behind. */
  end(): void {
    this.signal?.removeEventListener('abort', this.onAbort);
    if (this.closed) return;
    this.socket.close(1000, '');
    this.closing = setTimeout(() => this.socket.terminate(), CLOSE_TIMEOUT);
  }
}
