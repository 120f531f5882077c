import type { Duration, RpcProgress } from '@millrace/protocol';
import type {
  BatchCall,
  BatchOutcome,
  CallArguments,
  MethodName,
  MethodShapes,
  ResultOf,
  UntypedMethods,
  UntypedName,
} from './method-types.js';
import type { RunningCall } from './running-call.js';
import type { CallId, RpcAnswer, RpcParams } from './wire/messages.js';

/** Options of one call. */
export interface CallOptions {
  /** How long to wait for the reply; 0 = without end. @default the connector's `requestTimeout` */
  timeout?: Duration;
  /** Rejects the call with its reason when aborted. */
  signal?: AbortSignal;
  /**
   * Whether a timeout or an abort also sends `cancel` to the server, which methods declared async understand.
   * @default false; true for `task`
   */
  cancelOnAbort?: boolean;
  /** Called for each progress message, as it arrives. */
  onProgress?: (progress: RpcProgress) => void;
}

/** Options of a call that can carry binary data. */
export interface BinaryCallOptions extends CallOptions {
  /** An id of the caller's own; it must not be in use. @default the next free number */
  id?: CallId;
}

/** Bytes that go with a call; empty or left out: an ordinary text frame. */
export type BinaryPayload = Uint8Array | ArrayBuffer;

/** What can be done with methods of a server, by a connection or by a client that connects when needed. */
export interface RpcCaller<Methods extends MethodShapes<Methods> = UntypedMethods> {
  /**
   * Calls a method and answers its result.
   *
   * @throws JsonRpcError for an error reply; ConnectionClosedError, RequestTimeoutError, UnserializableError, or the
   *   signal's reason
   */
  request<Name extends MethodName<Methods>>(
    method: Name,
    ...rest: CallArguments<Methods[Name], [options?: CallOptions]>
  ): Promise<ResultOf<Methods[Name]>>;
  request<Result>(method: UntypedName<Methods>, params?: RpcParams | null, options?: CallOptions): Promise<Result>;

  /** Calls a method with a binary payload and answers the whole reply. @throws as {@link RpcCaller.request} */
  execute<Name extends MethodName<Methods>>(
    method: Name,
    ...rest: CallArguments<Methods[Name], [binary?: BinaryPayload, options?: BinaryCallOptions]>
  ): Promise<RpcAnswer<ResultOf<Methods[Name]>>>;
  execute<Result>(
    method: UntypedName<Methods>,
    params?: RpcParams | null,
    binary?: BinaryPayload,
    options?: BinaryCallOptions,
  ): Promise<RpcAnswer<Result>>;

  /** Starts a call whose progress can be followed and which can be cancelled. Never throws: the task rejects. */
  task<Name extends MethodName<Methods>>(
    method: Name,
    ...rest: CallArguments<Methods[Name], [binary?: BinaryPayload, options?: BinaryCallOptions]>
  ): RunningCall<ResultOf<Methods[Name]>>;
  task<Result>(
    method: UntypedName<Methods>,
    params?: RpcParams | null,
    binary?: BinaryPayload,
    options?: BinaryCallOptions,
  ): RunningCall<Result>;

  /**
   * Sends a notification and waits for no answer.
   *
   * @throws ConnectionClosedError, UnserializableError
   */
  notify<Name extends MethodName<Methods>>(
    method: Name,
    ...rest: CallArguments<Methods[Name], [binary?: BinaryPayload]>
  ): Promise<void>;
  notify(method: UntypedName<Methods>, params?: RpcParams | null, binary?: BinaryPayload): Promise<void>;

  /**
   * Sends several calls as one message. Entries succeed and fail by themselves, as with `Promise.allSettled`.
   *
   * @throws ConnectionClosedError, UnserializableError: nothing was sent then
   */
  batch<const Calls extends readonly BatchCall<Methods>[]>(
    calls: Calls,
    options?: CallOptions,
  ): Promise<BatchOutcome<Methods, Calls>>;

  /** Closes the connection; waiting requests reject. May be called twice. */
  disconnect(): Promise<void>;
}
