import { thrownText } from '@millrace/protocol';
import { PatternError } from '../../api/connectivity.errors.js';
import { CountedEngine, type StepBudget } from './counted-engine.js';
import { translatePattern } from './python-pattern.js';

/** Names made of these stand for themselves in a pattern, and are by far the most patterns (connectivity§5.3). */
const LITERAL = /^[A-Za-z0-9_\-:/ @,;=~%&!'"<>#]*$/;
const LITERAL_HEAD = /^[A-Za-z0-9_\-:/ @,;=~%&!'"<>#]*/;

/**
 * A pattern that has to match a whole name.
 *
 * - `literal`: equal to {@link NamePattern.head}; one table access
 * - `prefix`: begins with the head, no line feed after it
 * - `expression`: begins with the head and passes {@link NamePattern.test}
 */
export interface NamePattern {
  readonly kind: 'literal' | 'prefix' | 'expression';
  /** What every matching name begins with. */
  readonly head: string;
  /**
   * @param budget what an expression may spend on it; the other kinds cost next to nothing
   * @throws PatternError when the answer would differ from Python's, or the budget is spent
   */
  test(name: string, budget: StepBudget): boolean;
  /** Lets go of what was kept to be faster the next time, if it is more than so many bytes. */
  release?(most: number): void;
}

/** Whether a pattern is more than a plain name or `prefix.*`, and so needs the engine. */
export function runsOnEngine(pattern: string): boolean {
  return !LITERAL.test(pattern) && !isPrefix(pattern);
}

/** @throws PatternError when the pattern is not valid, or cannot be evaluated with Python's meaning */
export function compilePattern(pattern: string): NamePattern {
  if (LITERAL.test(pattern)) return { kind: 'literal', head: pattern, test: (name) => name === pattern };
  if (isPrefix(pattern)) {
    const head = pattern.slice(0, -2);
    return { kind: 'prefix', head, test: (name) => name.startsWith(head) && !name.includes('\n', head.length) };
  }
  return compileExpression(pattern);
}

function isPrefix(pattern: string): boolean {
  return pattern.endsWith('.*') && LITERAL.test(pattern.slice(0, -2));
}

function compileExpression(pattern: string): NamePattern {
  const { text, foldsCase } = translatePattern(pattern);
  const engine = compileEngine(pattern, text);
  return {
    kind: 'expression',
    head: foldsCase ? '' : headOf(pattern),
    test: (name, budget) => {
      // Python takes these two for an "i" in another case, linear-time engines do not.
      if (foldsCase && /[\u0130\u0131]/.test(name))
        throw new PatternError(
          pattern,
          '(?i) cannot be matched as Python does against a name with "İ" or "ı"; leave the flag out',
        );
      const matches = engine.test(name, budget);
      if (matches !== undefined) return matches;
      throw new PatternError(
        pattern,
        `on these names it takes more than the ${budget.limit} steps allowed; make it simpler, or begin it with more literal text`,
      );
    },
    release: (most) => {
      if (engine.memory > most) engine.release();
    },
  };
}

function compileEngine(pattern: string, text: string): CountedEngine {
  try {
    return new CountedEngine(text);
  } catch (error) {
    throw new PatternError(pattern, thrownText(error).replaceAll(text, '…'), { cause: error });
  }
}

/** The literal text every match begins with, as far as it can be seen cheaply; shorter is never wrong. */
function headOf(pattern: string): string {
  if (pattern.includes('|')) return '';
  const head = LITERAL_HEAD.exec(pattern)?.[0] ?? '';
  const following = pattern[head.length] ?? '';
  return '*?{'.includes(following) && following !== '' ? head.slice(0, -1) : head;
}
