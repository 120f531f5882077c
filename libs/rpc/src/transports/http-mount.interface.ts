import type { IncomingMessage } from 'node:http';

/** One HTTP exchange, as far as this package needs it, on any adapter. */
export interface HttpExchange {
  /** Node's request, its body not read. */
  readonly raw: IncomingMessage;
  /** The framework's request and response, for guards. */
  readonly request: object;
  readonly response: object;
  /** Sends the answer; at most once. */
  send(status: number, headers: Readonly<Record<string, string>>, body?: string): void;
  /** Attaches a handler for a client that goes before it is answered. */
  onGone(handler: () => void): void;
}

export interface HttpMount {
  readonly path: string;
  /** Whether the handler comes after the host's routes, which then win. */
  readonly last: boolean;
  readonly handle: (exchange: HttpExchange) => void | Promise<void>;
}
