import { declareContract } from '@millrace/core/contract';
import { LOGIN_LIMITS_CONTRACT } from '../testing/index.js';
import { memoryLoginLimits } from './memory-login-limits.js';

describe('Limits of logins in memory', () => {
  declareContract('the contract', LOGIN_LIMITS_CONTRACT, {
    create: async () => {
      const store = memoryLoginLimits();
      return { store, again: async () => store };
    },
  });

  it('count a bounded number of keys', async () => {
    const limits = memoryLoginLimits();
    const one = { limit: 1, ttl: 3_600_000 };
    const wait = async (key: string): Promise<number> => (await limits.begin(key, one)).wait;
    await wait('first');
    for (let index = 0; index < 10_000; index += 1) await wait(`key ${index}`);
    expect(await wait('first')).toBe(0);
    expect(await wait('key 9999')).toBeGreaterThan(0);
  });
});
