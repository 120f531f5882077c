import { PatternError } from '../../api/connectivity.errors.js';

/** A pattern and the place up to which it is read, by characters (not halves of surrogate pairs). */
export class PatternSource {
  readonly characters: readonly string[];
  at = 0;

  constructor(readonly text: string) {
    this.characters = Array.from(text);
  }

  get ended(): boolean {
    return this.at >= this.characters.length;
  }

  peek(ahead = 0): string {
    return this.characters[this.at + ahead] ?? '';
  }

  next(): string {
    const character = this.peek();
    this.at += 1;
    return character;
  }

  /** Takes a text if it comes next. */
  take(text: string): boolean {
    for (let index = 0; index < text.length; index += 1) if (this.peek(index) !== text[index]) return false;
    this.at += text.length;
    return true;
  }

  /** Takes what an expression that begins with `^` matches next; it has to be one without users' text. */
  takeMatch(expression: RegExp): RegExpExecArray | undefined {
    const found = expression.exec(this.characters.slice(this.at, this.at + 64).join(''));
    if (!found) return undefined;
    this.at += Array.from(found[0]).length;
    return found;
  }

  refuse(problem: string): never {
    throw new PatternError(this.text, problem);
  }
}

/** One character, written so that RE2 takes it for nothing else. */
export function escaped(character: string): string {
  if (/^[A-Za-z0-9_]$/.test(character)) return character;
  return `\\x{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
