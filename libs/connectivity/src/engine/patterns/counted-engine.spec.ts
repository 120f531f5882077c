import { CountedEngine, StepBudget } from './counted-engine.js';

/** Names of random letters, the same in every run. */
function names(count: number, length: number): string[] {
  let state = 7;
  const letter = (): string => 'ab'[(state = (state * 48_271) % 2_147_483_647) % 2] ?? 'a';
  return Array.from({ length: count }, () => Array.from({ length }, letter).join(''));
}

/** What it takes to look for a pattern in all of them. */
function steps(engine: CountedEngine, among: readonly string[], limit = Infinity): number {
  const budget = new StepBudget(limit);
  let spent = 0;
  for (const name of among) {
    if (engine.test(name, budget) === undefined) break;
    spent = budget.spent;
  }
  return Number.isFinite(limit) ? budget.spent : spent;
}

// An infinite budget has nothing spent of it, so a large one stands for it.
const PLENTY = 1e12;

describe('CountedEngine', () => {
  it('matches whole names', () => {
    const engine = new CountedEngine('a+b');
    const budget = new StepBudget(PLENTY);
    expect(['aab', 'b', 'aabc', 'xaab'].map((name) => engine.test(name, budget))).toEqual([true, false, false, false]);
  });

  it('counts characters, and the work of finding states', () => {
    const simple = steps(new CountedEngine('.*b'), names(1000, 40), PLENTY);
    const hostile = steps(new CountedEngine('.*a.{12}'), names(1000, 40), PLENTY);
    expect(simple).toBeGreaterThan(1000 * 48);
    expect(simple).toBeLessThan(1000 * 60);
    expect(hostile).toBeGreaterThan(10 * simple);
  });

  it('counts the same each time', () => {
    const count = (): number => steps(new CountedEngine('(.*a.{10}){3}'), names(200, 40), PLENTY);
    expect(count()).toBe(count());
  });

  it('finds known states again for less', () => {
    const engine = new CountedEngine('.*a.{12}');
    const first = steps(engine, names(200, 40), PLENTY);
    expect(steps(engine, names(200, 40), PLENTY)).toBe(200 * 48);
    engine.release();
    expect(steps(engine, names(200, 40), PLENTY)).toBe(first);
  });

  it.each(['.*a.{900}', '(?:.*a.{20}){10}', String.raw`(?:[\p{L}\p{N}_]*b.{10}){3}`, '(?:a?){900}.*b', '.*[^a].{300}'])(
    'stops %s soon after its budget is spent, within a single name too',
    (pattern) => {
      const engine = new CountedEngine(pattern);
      for (const among of [names(10_000, 40), names(20, 5000)])
        expect(steps(engine, among, 100_000)).toBeLessThan(150_000);
    },
  );

  it('lets go of its states when it stops, so that the next one is refused likewise', () => {
    const engine = new CountedEngine('.*a.{100}');
    const spent = steps(engine, names(10_000, 40), 100_000);
    expect(spent).toBeGreaterThan(100_000);
    expect(engine.memory).toBe(0);
    expect(steps(engine, names(10_000, 40), 100_000)).toBe(spent);
  });
});
