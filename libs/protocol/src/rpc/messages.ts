/** An error as a reply carries it. */
export interface RpcErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** How far a call has come, as its notification says it. */
export interface RpcProgress<Id = number | string> {
  /** Id of the request. */
  readonly id: Id;
  /** What the server is doing. */
  readonly operation: string;
  /** From 0 to 1. */
  readonly amount: number;
}

/** Answer of the method `get-version`. */
export interface ServerVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Commit the server was built from. */
  readonly revision: string;
}
