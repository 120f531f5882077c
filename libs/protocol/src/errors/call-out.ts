import { isThenable } from './thenable.js';

/**
 * Calls a function of somebody else's, whose failure must not reach the caller: neither what it throws, nor the rejection of
 * a promise that it returns, which would end a process of Node.
 *
 * @param onFailure gets what it threw or rejected with
 */
export function callOut(call: () => unknown, onFailure: (thrown: unknown) => void = () => undefined): void {
  try {
    const result = call();
    if (isThenable(result)) Promise.resolve(result).then(undefined, onFailure);
  } catch (error) {
    onFailure(error);
  }
}
