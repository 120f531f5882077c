import type { RpcProgress } from '@millrace/protocol';
import type { Duration } from '@millrace/protocol';
import type { CallId } from './wire/messages.js';

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
