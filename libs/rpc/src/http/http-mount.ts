/** One HTTP exchange, as far as this package needs it, on any adapter. */
export interface HttpExchange {
  /** HTTP method, in capitals. */
  readonly method: string;
  /** The framework's request and response; the body is not read. */
  readonly request: object;
  readonly response: object;
  /** Sends the answer; at most once. */
  send(status: number, headers: Readonly<Record<string, string>>, body?: string): void;
  /** Attaches a handler for a client that goes before it is answered. */
  onGone(handler: () => void): void;
}

export interface HttpMount {
  readonly path: string;
  readonly handle: (exchange: HttpExchange) => void | Promise<void>;
}
