import type { PatternSource } from './pattern-source.js';

/**
 * How a group begins in RE2's syntax; `undefined` for a comment, which is none. What groups match is of no interest to a
 * lookup, so none captures.
 */
export interface GroupStart {
  readonly text: string;
  /** Flags that hold for the whole pattern; such a thing opens no group. */
  readonly flags?: string;
  readonly foldsCase?: boolean;
}

/** Reads what follows an opening parenthesis. @param names of the groups so far; a new one is added */
export function readGroupStart(source: PatternSource, atStart: boolean, names: Set<string>): GroupStart | undefined {
  if (!source.take('?')) return { text: '(?:' };
  if (source.take(':')) return { text: '(?:' };
  if (source.take('#')) {
    while (source.peek() !== ')') {
      if (source.ended) source.refuse('a comment that begins with (?# has no closing )');
      source.next();
    }
    source.next();
    return undefined;
  }
  if (source.take('P<')) {
    const name = source.takeMatch(/^([A-Za-z_][A-Za-z0-9_]*)>/);
    if (!name)
      source.refuse(
        'the name of a group must have letters, digits and _, must not begin with a digit, and must end with >',
      );
    const [, text = ''] = name;
    if (names.has(text)) source.refuse(`two groups are named "${text}"; rename one`);
    names.add(text);
    return { text: '(?:' };
  }
  const global = source.takeMatch(/^([imsu]+)\)/);
  if (global) {
    if (!atStart) source.refuse('flags for the whole pattern must stand at its start');
    const flags = (global[1] ?? '').replaceAll('u', '');
    return { text: flags ? `(?${flags})` : '', flags, foldsCase: flags.includes('i') };
  }
  const scoped = source.takeMatch(/^([is]*)(?:-([is]+))?:/);
  if (scoped) {
    const [, on = '', off = ''] = scoped;
    if ([...on].some((flag) => off.includes(flag))) source.refuse('a group both sets and clears the same flag');
    return { text: `(?${on}${off ? `-${off}` : ''}:`, foldsCase: on.includes('i') };
  }
  return source.refuse(
    'look-around, back-references, conditions, atomic groups and other flags than i, m and s are not supported',
  );
}
