/**
 * Whether a value is to be awaited. A promise need not be one of this realm: those of `node:vm` are not, nor, in Jest, those
 * of Node itself; and any object with a `then` will do.
 *
 * @throws what the value throws when its `then` is read
 */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (value instanceof Promise) return true;
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  return typeof (value as { then?: unknown }).then === 'function';
}
