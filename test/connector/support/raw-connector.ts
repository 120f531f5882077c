import type { ClientOptions } from 'ws';
import { type Frame, SocketClient } from '../../support/socket-client.js';

/** A message of either family, as it came over the wire. */
export interface WireMessage {
  readonly op?: string;
  readonly status?: number;
  readonly resourceName?: string;
  readonly resourceId?: string;
  readonly object?: unknown;
  readonly messageHeaders?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface RawConnectorOptions {
  readonly token?: unknown;
  readonly secret?: string;
  /** Type of the frames it sends. @default 'text' */
  readonly frames?: 'text' | 'binary';
  readonly socket?: ClientOptions;
}

/** The connector's side of the protocol without any logic: a test says what is sent and sees what comes. */
export class RawConnector {
  private constructor(
    readonly client: SocketClient,
    readonly source: string,
    private readonly options: RawConnectorOptions,
  ) {}

  /** Opens a socket at the hub and sends nothing. */
  static async open(wsUrl: string, source: string, options: RawConnectorOptions = {}): Promise<RawConnector> {
    const url = `${wsUrl}/api/v1/wsock/websocket`;
    return new RawConnector(await SocketClient.open(url, options.socket), source, options);
  }

  /** Opens, authenticates and claims. @returns with the configuration taken */
  static async connect(wsUrl: string, source: string, options: RawConnectorOptions = {}): Promise<RawConnector> {
    const connector = await RawConnector.open(wsUrl, source, options);
    expect(await connector.validate()).toMatchObject({ status: 200 });
    expect(await connector.claim()).toMatchObject({ op: 'configureExtension' });
    return connector;
  }

  send(message: object | string): void {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    this.client.send(this.options.frames === 'binary' ? Buffer.from(text) : text);
  }

  async next(deadline?: number): Promise<WireMessage> {
    return parse(await this.client.next(deadline));
  }

  /** Authenticates by token. @returns the answer */
  validate(token: unknown = this.options.token ?? 'token'): Promise<WireMessage> {
    this.send({ op: 'validate', resourceName: 'system.credentials', object: token });
    return this.next();
  }

  sendClaim(source = this.source): void {
    const parameters = this.options.secret === undefined ? {} : { reconnectSecret: this.options.secret };
    this.send({ op: 'connectExtension', resourceName: 'sources', resourceId: source, parameters });
  }

  /** Claims the source. @returns the answer */
  claim(source?: string): Promise<WireMessage> {
    this.sendClaim(source);
    return this.next();
  }

  notify(object: unknown, more: object = {}): void {
    this.send({ op: 'notification', resourceName: 'sources', resourceId: this.source, object, ...more });
  }

  /** The next message that is no acknowledgement, and must be a query. @returns its parameters and address */
  async nextQuery(): Promise<{ object: unknown; address: string }> {
    let message = await this.next();
    while (message.status === 200) message = await this.next();
    expect(message).toMatchObject({ op: 'query', resourceName: 'sources', resourceId: this.source });
    return { object: message.object, address: message.messageHeaders?.['REPLY_ADDR_HEADER'] ?? '' };
  }

  respond(address: string, status: number, body?: unknown): void {
    this.send({ status, headers: { 'X-Reply-Address': address }, ...(body === undefined ? {} : { body }) });
  }

  /** Everything not yet taken. */
  get messages(): WireMessage[] {
    return this.client.frames.map(parse);
  }

  get closed(): Promise<{ code: number; reason: string }> {
    return this.client.closed;
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

function parse({ data }: Frame): WireMessage {
  return JSON.parse(data.toString()) as WireMessage;
}
