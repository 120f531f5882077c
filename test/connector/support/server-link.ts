import type { WebSocket } from 'ws';
import { waitFor } from '../../support/waiting.js';

/** A message of a connector, as it came over the wire. */
export interface ConnectorMessage {
  readonly op?: string;
  readonly resourceName?: string;
  readonly resourceId?: string;
  readonly object?: unknown;
  readonly parameters?: { readonly reconnectSecret?: string };
  readonly messageHeaders?: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One socket of a connector at a scripted server. */
export class ServerLink {
  /** Everything the connector sent, oldest first. */
  readonly messages: ConnectorMessage[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly openedAt = Date.now();
  isClosed = false;
  /** How often the source was configured on it. */
  configurations = 0;
  pings = 0;
  pongs = 0;

  constructor(
    readonly ws: WebSocket,
    play: (link: ServerLink, message: ConnectorMessage) => void,
  ) {
    ws.on('error', () => undefined);
    ws.on('ping', () => (this.pings += 1));
    ws.on('pong', () => (this.pongs += 1));
    ws.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as ConnectorMessage;
      this.messages.push(message);
      play(this, message);
    });
    this.closed = new Promise((resolve) =>
      ws.once('close', (code, reason) => {
        this.isClosed = true;
        resolve({ code, reason: reason.toString() });
      }),
    );
  }

  /** The source claimed on it. */
  get source(): string | undefined {
    return this.ops('connectExtension')[0]?.resourceId;
  }

  /** The secret of its claims. */
  get secret(): string | undefined {
    return this.ops('connectExtension').at(-1)?.parameters?.reconnectSecret;
  }

  ops(op: string): ConnectorMessage[] {
    return this.messages.filter((message) => message.op === op);
  }

  /** Objects of the notifications that came. */
  get notifications(): unknown[] {
    return this.ops('notification').map(({ object }) => object);
  }

  /** Responses to the query of this address. */
  responses(address: string): ConnectorMessage[] {
    return this.messages.filter(({ headers }) => headers?.['X-Reply-Address'] === address);
  }

  /** Responses to the query of this address, once the last one has come. */
  async answer(address: string): Promise<ConnectorMessage[]> {
    return waitFor(`the answer to ${address}`, () => {
      const responses = this.responses(address);
      return (responses.at(-1)?.status ?? 100) >= 200 ? responses : undefined;
    });
  }

  /** Sends an object as JSON in a text frame, anything else as it is. */
  send(message: unknown): void {
    if (typeof message === 'string' || Buffer.isBuffer(message)) this.ws.send(message);
    else this.ws.send(JSON.stringify(message));
  }

  configure(config: unknown): void {
    this.send({ op: 'configureExtension', resourceName: 'sources', resourceId: this.source, object: { config } });
    this.configurations += 1;
  }

  publish(object?: unknown): void {
    this.send({ op: 'publish', resourceName: 'sources', resourceId: this.source, object, messageHeaders: {} });
  }

  query(object: unknown, address: string): void {
    const messageHeaders = { REPLY_ADDR_HEADER: address };
    this.send({ op: 'query', resourceName: 'sources', resourceId: this.source, object, messageHeaders });
  }

  requireReconnect(): void {
    this.send({ op: 'reconnectRequired', resourceName: 'sources', resourceId: this.source });
  }

  /** Ends the TCP connection without a close frame. */
  cut(): void {
    this.ws.terminate();
  }
}
