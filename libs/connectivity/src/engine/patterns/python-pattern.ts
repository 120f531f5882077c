import { readEscape, readSet, translateEscape } from './python-escape.js';
import { readGroupStart } from './python-group.js';
import { PatternSource, escaped } from './pattern-source.js';
import { ProgramSize } from './program-size.js';

/** A pattern in RE2's syntax which means there what the original means in Python. */
export interface TranslatedPattern {
  readonly text: string;
  /** Whether some letters match their other case. */
  readonly foldsCase: boolean;
}

/** What the last item read can be followed by. */
type Last = 'nothing' | 'item' | 'repeated' | 'anchor';

/** Characters outside of sets that mean the same to both, and what they are to a repetition behind them. */
const SHARED: Readonly<Record<string, Last>> = { '|': 'nothing', '.': 'item', '^': 'anchor' };

/**
 * Reads a pattern as Python's `re` does and writes it for a linear-time engine. What the two would take differently is
 * rewritten; what cannot be is refused, so that nothing differs in silence (connectivity§6).
 *
 * @throws PatternError with the reason
 */
export function translatePattern(pattern: string): TranslatedPattern {
  return new PythonPattern(pattern).translate();
}

class PythonPattern {
  private readonly source: PatternSource;
  private readonly size: ProgramSize;
  private readonly out: string[] = [];
  private readonly groupNames = new Set<string>();
  private foldsCase = false;
  private multiline = false;
  private depth = 0;
  private last: Last = 'nothing';
  private ends: number[] = [];

  constructor(pattern: string) {
    this.source = new PatternSource(pattern);
    this.size = new ProgramSize(this.source);
  }

  translate(): TranslatedPattern {
    const { source } = this;
    while (!source.ended) this.readItem();
    if (this.depth > 0) source.refuse('a ( has no closing )');
    if (!this.multiline) for (const end of this.ends) this.assertAtEnd(end);
    return { text: this.out.join(''), foldsCase: this.foldsCase };
  }

  private readItem(): void {
    const { source } = this;
    const start = source.at;
    const character = source.next();
    switch (character) {
      case '\\': {
        const escape = readEscape(source, false);
        const { text, size } = translateEscape(escape);
        this.put(text, escape.kind === 'anchor' ? 'anchor' : 'item', size);
        return;
      }
      case '[': {
        const { text, size } = readSet(source, this.foldsCase);
        this.put(text, 'item', size);
        return;
      }
      case '(':
        this.open(start === 0);
        return;
      case ')':
        if (this.depth === 0) source.refuse('a ) has no opening (');
        this.depth -= 1;
        this.out.push(')');
        this.size.close();
        this.last = 'item';
        return;
      case '*':
      case '+':
        this.repeat(character, 1, undefined);
        return;
      case '?':
        this.repeat(character, 0, 1);
        return;
      case '{':
        this.braces();
        return;
      case '$':
        this.ends.push(source.at);
        this.put('$', 'anchor');
        return;
      default: {
        const shared = SHARED[character];
        this.put(shared ? character : escaped(character), shared ?? 'item');
      }
    }
  }

  private put(text: string, last: Last, size = 1): void {
    this.out.push(text);
    this.last = last;
    this.size.add(size);
  }

  private open(atStart: boolean): void {
    const group = readGroupStart(this.source, atStart, this.groupNames);
    if (!group) return;
    if (group.foldsCase) this.foldsCase = true;
    this.out.push(group.text);
    this.last = 'nothing';
    if (group.flags === undefined) {
      this.depth += 1;
      this.size.open();
    } else if (group.flags.includes('m')) this.multiline = true;
  }

  private braces(): void {
    const count = this.source.takeMatch(/^(\d*)(,?)(\d*)\}/);
    if (!count || (count[1] === '' && count[2] === '')) {
      this.put(escaped('{'), 'item');
      return;
    }
    const [, least = '', comma = '', most = ''] = count;
    if (Number(least) > 1000 || Number(most) > 1000)
      this.source.refuse(`a count must be at most 1000, not ${Math.max(Number(least), Number(most))}`);
    if (most !== '' && Number(most) < Number(least))
      this.source.refuse(`the count {${least},${most}} has its bounds swapped; write {${most},${least}}`);
    const to = comma === '' ? Number(least) : most === '' ? undefined : Number(most);
    this.repeat(`{${Number(least)}${comma}${most === '' ? '' : Number(most)}}`, Number(least), to);
  }

  /** @param most undefined when there is no upper bound */
  private repeat(operator: string, least: number, most: number | undefined): void {
    const { source } = this;
    if (this.last === 'nothing' || this.last === 'anchor')
      source.refuse(`there is nothing before ${operator} to repeat`);
    if (this.last === 'repeated')
      source.refuse(
        'a repetition must not follow another, and possessive ones are not supported; put a group around the first',
      );
    this.out.push(source.take('?') ? `${operator}?` : operator);
    this.last = 'repeated';
    this.size.repeat(least, most);
  }

  /**
   * Python's `$` also holds before a line feed at the end of the text, RE2's does not. Where nothing can follow it, that
   * makes no difference to a match of the whole text.
   */
  private assertAtEnd(position: number): void {
    const rest = new PatternSource(this.source.characters.slice(position).join(''));
    let depth = 0;
    let skipping = false;
    while (!rest.ended) {
      const character = rest.next();
      if (character === '|' && depth === 0) skipping = true;
      else if (character === ')' && depth === 0) skipping = false;
      else if (!skipping) this.source.refuse('$ must stand at the end, because Python lets a line feed follow it');
      else if (character === '\\') rest.next();
      else if (character === '[') readSet(rest, false);
      else if (character === '(') depth += 1;
      else if (character === ')') depth -= 1;
    }
  }
}
