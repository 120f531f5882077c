import { ReadPause } from './read-pause.js';

describe('ReadPause', () => {
  it('lets a socket be read only when no reason holds any more, whatever the order', () => {
    const calls: string[] = [];
    const reading = new ReadPause({ pause: () => calls.push('pause'), resume: () => calls.push('resume') });
    reading.hold('opening');
    reading.hold('notifications');
    reading.hold('answers');
    reading.release('notifications');
    reading.release('opening');
    expect(calls).not.toContain('resume');
    reading.release('answers');
    expect(calls.at(-1)).toBe('resume');
  });

  it('counts a reason once, however often it is given, and ignores one that does not hold', () => {
    const calls: string[] = [];
    const reading = new ReadPause({ pause: () => calls.push('pause'), resume: () => calls.push('resume') });
    reading.release('answers');
    expect(calls).toEqual([]);
    reading.hold('notifications');
    reading.hold('notifications');
    reading.release('answers');
    expect(calls).not.toContain('resume');
    reading.release('notifications');
    reading.release('notifications');
    expect(calls.filter((call) => call === 'resume')).toHaveLength(1);
  });
});
