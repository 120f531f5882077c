import { RawConnector, type RawConnectorOptions, type WireMessage } from './raw-connector.js';

/** What a query of a test asks for. */
export interface AnsweringQuery {
  /** Rows, one response for each. @default 1 */
  readonly rows?: number;
  /** Characters of each row. */
  readonly size?: number;
  /** Answers with this error. */
  readonly error?: { messageCode: string; messageTemplate: string; parameters: unknown[] };
  /** Gives the rows, and then nothing more. */
  readonly silent?: boolean;
}

/** A connector as an existing one: it answers queries, claims anew on the same socket when it is asked to, and keeps what comes. */
export class AnsweringConnector {
  readonly published: unknown[] = [];
  readonly queried: unknown[] = [];
  readonly configurations: unknown[] = [];
  /** Answers to its notifications and responses. */
  readonly acknowledged: number[] = [];
  reconnects = 0;

  private constructor(
    private readonly raw: RawConnector,
    private readonly claimsAnew: boolean,
  ) {
    // Behind the answer to the token, and the configuration.
    for (const frame of raw.client.frames.slice(2)) this.take(JSON.parse(frame.data.toString()) as WireMessage);
    raw.client.ws.on('message', (data: Buffer) => this.take(JSON.parse(data.toString()) as WireMessage));
  }

  /** @param options `claimsAnew: false` leaves a `reconnectRequired` to the test */
  static async connect(
    wsUrl: string,
    source: string,
    { claimsAnew = true, ...options }: RawConnectorOptions & { claimsAnew?: boolean } = {},
  ): Promise<AnsweringConnector> {
    return new AnsweringConnector(await RawConnector.connect(wsUrl, source, options), claimsAnew);
  }

  get closed(): Promise<{ code: number; reason: string }> {
    return this.raw.closed;
  }

  get isOpen(): boolean {
    return this.raw.client.ws.readyState === this.raw.client.ws.OPEN;
  }

  notify(object: unknown, id?: string): void {
    this.raw.notify(object, id === undefined ? {} : { messageHeaders: { 'X-Notification-Id': id } });
  }

  claim(): void {
    this.raw.sendClaim();
  }

  close(): Promise<void> {
    return this.raw.close();
  }

  private take(message: WireMessage): void {
    if (message.op === 'publish') this.published.push(message.object);
    else if (message.op === 'configureExtension')
      this.configurations.push((message.object as { config: unknown }).config);
    else if (message.op === 'reconnectRequired') {
      this.reconnects += 1;
      if (this.claimsAnew) this.claim();
    } else if (message.op === 'query') this.answer(message);
    else if (message.status !== undefined) this.acknowledged.push(message.status);
  }

  private answer({ object, messageHeaders }: WireMessage): void {
    this.queried.push(object);
    const { rows = 1, size = 1, error, silent = false } = object as AnsweringQuery;
    const address = messageHeaders?.['REPLY_ADDR_HEADER'] ?? '';
    const last = error || silent ? rows : rows - 1;
    for (let row = 0; row < last; row += 1) this.raw.respond(address, 100, { row, text: 'x'.repeat(size) });
    if (error) this.raw.respond(address, 400, error);
    else if (!silent) this.raw.respond(address, 200, { row: rows - 1, text: 'x'.repeat(size) });
  }
}
