import { PatternWarmUp } from './pattern-warm-up.js';

describe('connectivity#53: the warm-up after the start', () => {
  it('is waited for by the patterns that need the engine, until it is done', async () => {
    const warmUp = new PatternWarmUp();
    expect(warmUp.before(undefined)).toBeUndefined();
    for (const plain of ['root-controller_control', 'conn_A0_G1_.*', '.*'])
      expect(warmUp.before(plain)).toBeUndefined();
    const ready = warmUp.before('(a+)+');
    expect(ready).toBeInstanceOf(Promise);
    expect(warmUp.before('conn_[0-9]')).toBe(ready);
    await ready;
    expect(warmUp.before('(a+)+')).toBeUndefined();
  });

  it('lets other work go on meanwhile', async () => {
    const warmUp = new PatternWarmUp();
    let turns = 0;
    const count = (): void => {
      turns += 1;
      if (turns < 20) setImmediate(count);
    };
    setImmediate(count);
    await warmUp.before('(a+)+');
    expect(turns).toBe(20);
  });

  it('stops when the application ends', async () => {
    const warmUp = new PatternWarmUp();
    warmUp.onApplicationBootstrap();
    const ready = warmUp.before('(a+)+');
    warmUp.beforeApplicationShutdown();
    await ready;
    expect(warmUp.before('(a+)+')).toBe(ready);
  });
});
