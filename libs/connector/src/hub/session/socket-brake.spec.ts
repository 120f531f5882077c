import { SocketBrake } from './socket-brake.js';

describe('SocketBrake', () => {
  it('lets a socket be read only when no reason holds any more, whatever the order', () => {
    const calls: string[] = [];
    const brake = new SocketBrake({ pause: () => calls.push('pause'), resume: () => calls.push('resume') });
    brake.hold('opening');
    brake.hold('notifications');
    brake.hold('answers');
    brake.release('notifications');
    brake.release('opening');
    expect(calls).not.toContain('resume');
    brake.release('answers');
    expect(calls.at(-1)).toBe('resume');
  });

  it('counts a reason once, however often it is given, and ignores one that does not hold', () => {
    const calls: string[] = [];
    const brake = new SocketBrake({ pause: () => calls.push('pause'), resume: () => calls.push('resume') });
    brake.release('answers');
    expect(calls).toEqual([]);
    brake.hold('notifications');
    brake.hold('notifications');
    brake.release('answers');
    expect(calls).not.toContain('resume');
    brake.release('notifications');
    brake.release('notifications');
    expect(calls.filter((call) => call === 'resume')).toHaveLength(1);
  });
});
