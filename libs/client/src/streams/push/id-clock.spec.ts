import { compareIds } from '@millrace/protocol';
import { IdClock } from './id-clock.js';

describe('The clock of entry IDs', () => {
  it('only goes forward, also behind an ID that is far ahead of it', () => {
    const clock = new IdClock();
    const ids = Array.from({ length: 1000 }, () => clock.next());
    clock.passed('18446744073709551000-7');
    ids.push(clock.next(), clock.next());
    clock.passed('1-0');
    ids.push(clock.next());
    expect(ids.slice(-3)).toEqual(['18446744073709551000-8', '18446744073709551000-9', '18446744073709551000-10']);
    for (const [index, id] of ids.slice(1).entries()) expect(compareIds(id, ids[index] ?? '')).toBeGreaterThan(0);
  });
});
