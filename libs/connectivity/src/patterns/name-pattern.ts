import { RE2JS } from 're2js';
import { PatternError } from '../errors/connectivity.errors.js';
import { translatePattern } from './python-pattern.js';

/** Names made of these stand for themselves in a pattern, and are by far the most patterns (protocol section 5.3). */
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
  /** @throws PatternError when the answer would differ from Python's */
  test(name: string): boolean;
}

/** @throws PatternError when the pattern is no valid one, or cannot be evaluated with Python's meaning */
export function compilePattern(pattern: string): NamePattern {
  if (LITERAL.test(pattern)) return { kind: 'literal', head: pattern, test: (name) => name === pattern };
  if (pattern.endsWith('.*') && LITERAL.test(pattern.slice(0, -2))) {
    const head = pattern.slice(0, -2);
    return { kind: 'prefix', head, test: (name) => name.startsWith(head) && !name.includes('\n', head.length) };
  }
  return compileExpression(pattern);
}

function compileExpression(pattern: string): NamePattern {
  const { text, foldsCase } = translatePattern(pattern);
  const engine = compileEngine(pattern, text);
  const test = (name: string): boolean => engine.testExact(name);
  if (!foldsCase) return { kind: 'expression', head: headOf(pattern), test };
  return {
    kind: 'expression',
    head: '',
    test: (name) => {
      // Python takes these two for an "i" in another case, linear-time engines do not.
      if (/[\u0130\u0131]/.test(name))
        throw new PatternError(pattern, 'matching without regard to case differs for "İ" and "ı", which a name holds');
      return test(name);
    },
  };
}

function compileEngine(pattern: string, text: string): RE2JS {
  try {
    return RE2JS.compile(text);
  } catch (error) {
    throw new PatternError(pattern, error instanceof Error ? error.message.replaceAll(text, '…') : 'it is not valid', {
      cause: error,
    });
  }
}

/** The literal text every match begins with, as far as it can be seen cheaply; shorter is never wrong. */
function headOf(pattern: string): string {
  if (pattern.includes('|')) return '';
  const head = LITERAL_HEAD.exec(pattern)?.[0] ?? '';
  const following = pattern[head.length] ?? '';
  return '*?{'.includes(following) && following !== '' ? head.slice(0, -1) : head;
}
