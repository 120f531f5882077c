/** One kind of message on a socket, for the AsyncAPI document. */
export interface SocketMessageDocs {
  readonly name: string;
  readonly title?: string;
  readonly summary?: string;
  readonly contentType: string;
  /** JSON Schema of the payload. */
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly example?: unknown;
}

/** What an endpoint says of itself; the AsyncAPI document is made from it. */
export interface SocketDocs {
  readonly title: string;
  readonly description: string;
  /** Query parameters: JSON Schema by name, each with a `description`. */
  readonly query?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Path parameters: their descriptions by name. */
  readonly params?: Readonly<Record<string, string>>;
  /** Messages the server takes from its clients. */
  readonly receives: readonly SocketMessageDocs[];
  /** Messages the server sends. */
  readonly sends: readonly SocketMessageDocs[];
}
