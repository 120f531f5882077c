/**
 * Base of every error this package raises. `code` is stable across releases: a text for the client's own errors, the
 * server's number for a {@link JsonRpcError}.
 *
 * @publicApi
 */
export abstract class ClientError extends Error {
  abstract readonly code: string | number;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
