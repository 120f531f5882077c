/** Settings of the engine; each limit is there to keep one client from harming the others. */
export interface RpcEngineSettings {
  /** Most entries of a batch (rpc#S17). */
  readonly maxBatch: number;
  /** Calls of one client that run at a time; more wait. */
  readonly maxRunningCalls: number;
  /** Calls of one client that wait for a place; further ones are refused with -32029. */
  readonly maxWaitingCalls: number;
  /** Deepest nesting of a message. */
  readonly maxDepth: number;
  /** Longest JSON text of a message, in characters. */
  readonly maxTextLength: number;
  /** Shortest time between two progress messages of a call, in milliseconds. */
  readonly progressInterval: number;
  /** Whether a request with `"id": null` is answered, as the specification has it; else it is a notification. */
  readonly answerNullIds: boolean;
  /** Whether a method without params takes `{}` and `[]`. */
  readonly lenientParams: boolean;
}

export const DEFAULT_ENGINE_SETTINGS: RpcEngineSettings = Object.freeze({
  maxBatch: 1000,
  maxRunningCalls: 256,
  maxWaitingCalls: 10_000,
  maxDepth: 4000,
  maxTextLength: 16 * 1024 * 1024,
  progressInterval: 0,
  answerNullIds: false,
  lenientParams: false,
});
