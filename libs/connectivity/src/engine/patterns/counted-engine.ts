import { RE2JS } from 're2js';

/**
 * Work that may be spent on one thing, counted and not timed: what is refused on a busy machine is refused on an idle
 * one too. A step is about the time it takes to look at one character.
 */
export class StepBudget {
  private left: number;

  constructor(readonly limit: number) {
    this.left = limit;
  }

  /** Steps spent so far, also beyond the limit. */
  get spent(): number {
    return this.limit - this.left;
  }

  /** @returns whether there was enough left */
  spend(steps: number): boolean {
    this.left -= steps;
    return this.left >= 0;
  }
}

/**
 * What things cost beside one step for each character, in steps; measured, and then taken half as high again, for new
 * states cost more when the process is young, and the memory they take has to be collected.
 */
const COSTS = {
  /** To begin with a name. */
  name: 8,
  /** To work out where one more character leads to, and for each instruction of the program it may lead to. */
  transition: 250,
  instruction: 25,
  /** For each class of characters in the table of a new state. */
  tableEntry: 2,
} as const;

/** Thrown out of the engine when the work is more than it may be. */
class TooMuchWork extends Error {}

type Automaton = ReturnType<RE2JS['re2']>['dfa'];

/**
 * The linear-time engine, with its work counted. Its automaton is made state by state as names need it, and that is what
 * hostile patterns make expensive: a known state takes a character in nanoseconds, a new one takes microseconds and
 * more. So the two methods which make states are counted, and stop when the budget is spent. They are typed and called
 * by that name within the engine; its version is pinned, and tests fail if counting ceases to work.
 */
export class CountedEngine {
  private readonly engine: RE2JS;
  private readonly automaton: Automaton;
  private budget: StepBudget | undefined;
  private emptied = 0;

  /** @throws RE2JSException when the pattern is not valid */
  constructor(text: string) {
    this.engine = RE2JS.compile(text);
    const program = this.engine.re2();
    // Its other engine for simple programs is no faster, and takes steps that could not be counted.
    (program as { onepass: unknown }).onepass = null;
    this.automaton = program.dfa;
    this.count();
  }

  /** Memory held for states, in bytes, roughly. */
  get memory(): number {
    return this.automaton.stateBudget - this.automaton.memBudget;
  }

  /** Lets go of the states made so far; they are made again when needed. */
  release(): void {
    this.automaton.clearCache();
  }

  /** Whether the whole name matches; undefined when the budget was not enough to tell. */
  test(name: string, budget: StepBudget): boolean | undefined {
    if (!budget.spend(COSTS.name + name.length)) return undefined;
    this.budget = budget;
    this.emptied = 0;
    try {
      return this.engine.testExact(name);
    } catch (error) {
      if (!(error instanceof TooMuchWork)) throw error;
      this.release();
      return undefined;
    } finally {
      this.budget = undefined;
    }
  }

  private count(): void {
    const { automaton } = this;
    const closure = automaton.closure.bind(automaton);
    automaton.closure = (instructions: unknown, flag: unknown) => {
      const found = closure(instructions, flag);
      this.spend(COSTS.transition + COSTS.instruction * found.pcs.length);
      return found;
    };
    const allocTable = automaton.allocTable.bind(automaton);
    automaton.allocTable = (state: unknown, anchor: unknown) => {
      this.spend(COSTS.tableEntry * automaton.numClasses);
      return allocTable(state, anchor) as unknown[];
    };
    const clearCache = automaton.clearCache.bind(automaton);
    automaton.clearCache = () => {
      clearCache();
      this.emptied += 1;
      // After the second time within one name the engine would go on by other, uncounted means.
      if (this.budget && this.emptied > 1) throw new TooMuchWork();
    };
  }

  private spend(steps: number): void {
    if (this.budget && !this.budget.spend(steps)) throw new TooMuchWork();
  }
}
