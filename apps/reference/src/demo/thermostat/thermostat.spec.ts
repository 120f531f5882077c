import type { SourceConnection } from '@millrace/connector';
import { timerFires } from '../../../../../test/support/timer-fires.js';
import { Thermostat } from './thermostat.js';

/** As many as measure in the time that is looked at, and far fewer than a busy timer. */
const QUIET = 20;

it.each([2 ** 31, 1e300, Infinity, 0, -1])(
  'A thermostat with a pause of %p between readings is not busy',
  async (interval) => {
    const notify = jest.fn(() => Promise.resolve());
    const thermostat = new Thermostat({ notify } as unknown as SourceConnection);
    thermostat.configure({ interval });
    expect(await timerFires()).toBeLessThan(QUIET);
    expect(notify.mock.calls.length).toBeLessThan(QUIET);
    thermostat.rest();
  },
);
