import type { ClientOptions } from 'ws';
import { SocketClient } from '../../support/socket-client.js';

export type Message = Record<string, unknown> & {
  op?: string;
  status?: number;
  object?: Record<string, unknown>;
  body?: unknown;
  messageHeaders?: Record<string, string>;
};

/** A connector of a few lines, which says on the wire what a test wants said. */
export class RawConnector {
  constructor(
    readonly client: SocketClient,
    readonly binary = false,
  ) {}

  static async open(
    wsUrl: string,
    path = '/api/v1/wsock/websocket',
    options: ClientOptions & { binary?: boolean } = {},
  ) {
    const { binary, ...rest } = options;
    return new RawConnector(await SocketClient.open(`${wsUrl}${path}`, rest), binary);
  }

  /** Opens, authenticates and claims; gives the connector and its configuration message. */
  static async serve(
    wsUrl: string,
    source: string,
    options: { secret?: string; token?: string; binary?: boolean } = {},
  ) {
    const connector = await RawConnector.open(wsUrl, undefined, { binary: options.binary });
    await connector.validate(options.token);
    const configuration = await connector.claim(source, options.secret);
    return { connector, configuration };
  }

  send(message: unknown): void {
    const text = JSON.stringify(message);
    this.client.ws.send(this.binary ? Buffer.from(text) : text, { binary: this.binary });
  }

  sendText(text: string): void {
    this.client.ws.send(text);
  }

  async next(deadline?: number): Promise<Message> {
    const { data } = await this.client.next(deadline);
    return JSON.parse(data.toString()) as Message;
  }

  async validate(token = 'good'): Promise<Message> {
    this.send({ op: 'validate', resourceName: 'system.credentials', object: token });
    return this.next();
  }

  async claim(source: string, secret: string | undefined = 'secret'): Promise<Message> {
    this.send({
      op: 'connectExtension',
      resourceName: 'sources',
      resourceId: source,
      ...(secret !== '' && { parameters: { reconnectSecret: secret } }),
    });
    return this.next();
  }

  notify(source: string, object: unknown): void {
    this.send({ op: 'notification', resourceName: 'sources', resourceId: source, object });
  }

  respond(status: number, address: string | undefined, body?: unknown): void {
    this.send({
      status,
      headers: address === undefined ? {} : { 'X-Reply-Address': address },
      ...(body !== undefined && { body }),
    });
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
