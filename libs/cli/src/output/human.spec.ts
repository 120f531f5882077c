import { countedEntries, humanDuration, humanSize, printable, table } from './human.js';
import { wantsColour } from './style.js';

describe('Texts for people', () => {
  it('name sizes, times and counts', () => {
    expect([0, 1023, 1536, 1_048_576, 5e9].map(humanSize)).toEqual(['0 B', '1023 B', '1.5 KiB', '1.0 MiB', '4.7 GiB']);
    expect([250, 65_000].map(humanDuration)).toEqual(['0.3 s', '1 min 5 s']);
    expect([countedEntries(1), countedEntries(2)]).toEqual(['1 entry', '2 entries']);
  });

  it('hold nothing that moves a cursor, renames a window, or turns the direction of writing', () => {
    expect(printable('a\u001b[2J\u0007\n\u202eb')).toBe('a\\u001b[2J\\u0007\\u000a\\u202eb');
    expect(printable('grüße, 世界')).toBe('grüße, 世界');
  });

  it('stand in columns', () =>
    expect(
      table([
        ['a', 'bb'],
        ['ccc', 'd'],
      ]),
    ).toBe('a    bb\nccc  d\n'));

  it('have colours on a terminal, unless told otherwise', () => {
    const terminal = { isTTY: true };
    expect(wantsColour({}, terminal)).toBe(true);
    expect(wantsColour({}, {})).toBe(false);
    expect(wantsColour({ NO_COLOR: '1', FORCE_COLOR: '1' }, terminal)).toBe(false);
    expect(wantsColour({ NO_COLOR: '' }, terminal)).toBe(true);
    expect(wantsColour({ FORCE_COLOR: '1' }, {})).toBe(true);
    expect(wantsColour({ TERM: 'dumb' }, terminal)).toBe(false);
  });
});
