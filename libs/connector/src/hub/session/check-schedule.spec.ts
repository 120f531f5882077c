import { CheckSchedule } from './check-schedule.js';
import { CONNECTOR_HUB_OPTIONS } from '../../connector-hub.options.js';

describe('CheckSchedule', () => {
  it('spreads items that came at the same moment over the interval, and checks each once an interval', () => {
    const schedule = new CheckSchedule<{ n: number }>(30_000);
    const items = Array.from({ length: 600 }, (_, n) => ({ n }));
    for (const item of items) schedule.add(item, 0);
    for (const round of [0, 30_000]) {
      let most = 0;
      const seen = new Set<object>();
      for (let now = round + 1000; now <= round + 30_000; now += 1000) {
        const due = schedule.take(now);
        most = Math.max(most, due.length);
        for (const item of due) {
          seen.add(item);
          schedule.checked(item, 1, now);
        }
      }
      expect(seen.size).toBe(600);
      // Twenty a second on average.
      expect(most).toBeLessThan(60);
    }
  });

  it('connector#78: checks each item within 10 s by default, so that a revoked key ends sessions as soon as other sockets', () => {
    const schedule = new CheckSchedule<object>(CONNECTOR_HUB_OPTIONS.read({}).revalidateInterval);
    const session = {};
    schedule.add(session, 0);
    expect(schedule.take(10_000)).toEqual([session]);
    schedule.checked(session, 1, 10_000);
    expect(schedule.take(19_999)).toEqual([]);
    expect(schedule.take(20_000)).toEqual([session]);
  });

  it('gives nothing twice while its check is under way, after it was removed, or when checks are off', () => {
    const schedule = new CheckSchedule<object>(1000);
    const [slow, gone] = [{}, {}];
    schedule.add(slow, 0);
    schedule.add(gone, 0);
    expect(schedule.take(1000)).toEqual([slow, gone]);
    schedule.delete(gone);
    schedule.checked(gone, 1, 1000);
    expect(schedule.take(9000)).toEqual([]);
    schedule.checked(slow, 10, 9000);
    expect(schedule.take(18_999)).toEqual([]);
    expect(schedule.take(19_000)).toEqual([slow]);
    const off = new CheckSchedule<object>(0);
    off.add(slow, 0);
    expect(off.take(1e9)).toEqual([]);
  });
});
