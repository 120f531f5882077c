import { SocketClient } from '../../support/socket-client.js';

type Json = Record<string, unknown>;

/** A WebSocket that speaks JSON-RPC, message by message. */
export class RpcSocket {
  private nextId = 1;

  constructor(readonly client: SocketClient) {}

  static async open(url: string): Promise<RpcSocket> {
    return new RpcSocket(await SocketClient.open(url));
  }

  /** Sends text, or anything else as JSON. */
  send(message: unknown): void {
    this.client.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The next message. */
  async next(deadline?: number): Promise<Json & Json[]> {
    return JSON.parse(await this.client.nextText(deadline)) as Json & Json[];
  }

  /** Sends one message and takes the next. */
  async exchange(message: unknown): Promise<Json & Json[]> {
    this.send(message);
    return this.next();
  }

  /** A request; answers its reply. */
  call(method: string, params?: unknown, id: unknown = this.nextId++): Promise<Json & Json[]> {
    return this.exchange({ jsonrpc: '2.0', id, method, params });
  }

  /** Proves that nothing is under way from the server: the next message answers a fresh request. */
  async expectSilence(): Promise<void> {
    const id = `silence-${this.nextId++}`;
    const reply = await this.call('get_data', undefined, id);
    if (reply['id'] !== id) throw new Error(`An unexpected message came: ${JSON.stringify(reply)}`);
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
