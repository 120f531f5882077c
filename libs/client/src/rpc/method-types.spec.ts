import type { Instance } from './instance.js';

interface Methods {
  subtract(params: [minuend: number, subtrahend: number]): number;
  render(params: { width: number }): Promise<{ size: number }>;
  nothing(): void;
  optional(params?: { a?: string }): string;
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only when the value's type is exactly the expected one. */
type Check<Expected> = <Actual>(value: Actual, same: Same<Actual, Expected>) => void;
const check =
  <Expected>(): Check<Expected> =>
  () =>
    undefined;

/** Never run: the compiler is the test. */
function typed(instance: Instance<Methods>): void {
  check<Promise<number>>()(instance.request('subtract', [42, 23]), true);
  check<Promise<{ size: number }>>()(instance.task('render', { width: 3 }).result(), true);
  void instance.request('nothing');
  void instance.request('nothing', null, { timeout: 10 });
  void instance.request('optional');
  void instance.notify('optional', { a: 'x' });
  // @ts-expect-error a method that is not in the map
  void instance.request('subtrahend');
  // @ts-expect-error params of a wrong type
  void instance.request('subtract', ['42', 23]);
  // @ts-expect-error params left out
  void instance.request('subtract');
  // @ts-expect-error params where there are none
  void instance.request('nothing', [1]);
  void instance
    .batch([{ method: 'subtract', params: [1, 2] }, { method: 'nothing' }, { method: 'nothing', notify: true }])
    .then(([first]) => {
      check<PromiseSettledResult<number>>()(first, true);
    });
  // @ts-expect-error params left out in a batch
  void instance.batch([{ method: 'render' }]);
}

function untyped(instance: Instance): void {
  check<Promise<unknown>>()(instance.request('anything', { a: 1 }), true);
  check<Promise<number>>()(instance.request<number>('anything'), true);
}

it('typed method maps carry names, params and results through; untyped instances take anything', () => {
  expect([typeof typed, typeof untyped]).toEqual(['function', 'function']);
});
