import { CountedEngine } from './counted-engine.js';
import { warmUpPatterns } from './warm-up.js';

describe('connectivity#53: the warm-up of the engine', () => {
  it('compiles every pattern it names, finds some names, and runs others out of steps', () => {
    const outcomes = new Set<boolean | undefined>();
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
    const test = CountedEngine.prototype.test;
    const spy = jest.spyOn(CountedEngine.prototype, 'test').mockImplementation(function (this: CountedEngine, ...args) {
      const outcome = test.apply(this, args);
      outcomes.add(outcome);
      return outcome;
    });
    expect([...warmUpPatterns()].length).toBeGreaterThan(50);
    expect(spy.mock.calls.length).toBeGreaterThan(1000);
    spy.mockRestore();
    expect(outcomes).toEqual(new Set([true, false, undefined]));
  });
});
