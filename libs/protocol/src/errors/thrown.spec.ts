import { THINGS_THROWN } from '../../../../test/support/things-thrown.js';
import { callOut } from './call-out.js';
import { thrownIs, thrownName, thrownReport, thrownText } from './thrown.js';

describe.each(THINGS_THROWN)('%s', (_name, make) => {
  it('has a text, a report and a name, none of them long', () => {
    expect(thrownText(make())).toEqual(expect.any(String));
    expect(thrownText(make()).length).toBeLessThan(10_000);
    expect(thrownReport(make()).length).toBeLessThan(40_000);
    expect(thrownName(make()).length).toBeLessThan(200);
    expect(thrownIs(make(), RangeError)).toBe(false);
  });

  it('does not leave the call of a function of somebody else', async () => {
    const told: unknown[] = [];
    const throwing = (): never => {
      throw make();
    };
    callOut(throwing, (thrown) => told.push(thrown));
    callOut(
      async () => throwing(),
      (thrown) => told.push(thrown),
    );
    callOut(throwing);
    await new Promise(setImmediate);
    expect(told).toHaveLength(2);
  });
});

describe('The text of something thrown', () => {
  it.each<[string, unknown, string]>([
    ['an error', new Error('why'), 'why'],
    ['an error without a message', new RangeError(), 'RangeError'],
    ['a text', 'why', 'why'],
    ['an object with a message', { message: 'why' }, 'why'],
    ['an object with a text of its own', { toString: () => 'why' }, 'why'],
    ['undefined', undefined, 'undefined'],
    ['a symbol', Symbol('why'), 'Symbol(why)'],
    ['a function, whose source is nobody’s affair', () => 'secret', 'a function'],
    ['an object without any text', Object.create(null), 'something was thrown that cannot be read'],
    ['a connection that failed at two addresses', new AggregateError([new Error('one'), 'two']), 'one; two'],
  ])('is, for %s, its own', (_name, thrown, text) => {
    expect(thrownText(thrown)).toBe(text);
  });
});

describe('The report of something thrown', () => {
  it('has its stack and those of its causes', () => {
    const report = thrownReport(new Error('outer', { cause: new TypeError('inner', { cause: 'a text' }) }));
    expect(report).toMatch(/^Error: outer\n {4}at .*\ncaused by TypeError: inner\n {4}at .*\ncaused by a text$/s);
  });

  it('has the message that was set after the stack was made', () => {
    const error = new Error('early');
    // It is made when it is first asked for.
    expect(error.stack).toContain('early');
    error.message = 'late';
    expect(thrownReport(error)).toMatch(/^Error: late\nError: early\n/);
  });

  it('names the errors that an aggregate gathers', () => {
    const report = thrownReport(new AggregateError([new Error('one'), new Error('two')], 'both failed'));
    expect(report).toMatch(/^AggregateError: both failed\n.* of which: one; two$/s);
  });
});
