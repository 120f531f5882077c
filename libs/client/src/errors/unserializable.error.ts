import { ClientError } from './client.error.js';

/** Params hold something JSON cannot carry: NaN, Infinity, BigInt, a cycle, or a `toJSON` that throws. Nothing was sent. */
export class UnserializableError extends ClientError {
  readonly code = 'UNSERIALIZABLE';
}
