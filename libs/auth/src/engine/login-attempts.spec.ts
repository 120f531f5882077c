import { memoryLoginLimits } from '../stores/memory-login-limits.js';
import { LoginAttempts } from './login-attempts.js';

const ONE = { limit: 1, ttl: 60_000 };

describe('Attempts at a login', () => {
  it('are refused after so many, for that name alone, and say when the next one is let through', async () => {
    const attempts = new LoginAttempts(memoryLoginLimits(), ONE);
    await attempts.begin('', 'alice');
    await expect(attempts.begin('', 'alice')).rejects.toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      message: expect.stringMatching(/^Too many login attempts; try again in (60|[1-5]?\d) s$/),
    });
    await attempts.begin('', 'bob');
  });

  it('are counted for each address by itself: nobody is kept out by the attempts of another', async () => {
    for (const name of ['alice', undefined]) {
      const attempts = new LoginAttempts(memoryLoginLimits(), ONE);
      await attempts.begin('192.0.2.1', name);
      await expect(attempts.begin('192.0.2.1', name)).rejects.toThrow('Too many login attempts');
      await attempts.begin('192.0.2.2', name);
      await attempts.begin('2001:db8:0:1::1', name);
      for (const same of ['2001:db8:0:1:2:3:4:5', '2001:db8::1:0:0:0:7']) {
        await expect(attempts.begin(same, name)).rejects.toThrow('Too many login attempts');
      }
      await attempts.begin('2001:db8:0:2::1', name);
    }
  });

  it('do not count when they are taken back', async () => {
    const attempts = new LoginAttempts(memoryLoginLimits(), ONE);
    for (let attempt = 0; attempt < 100; attempt += 1) await (await attempts.begin('', 'alice'))();
    await attempts.begin('', 'alice');
    await expect(attempts.begin('', 'alice')).rejects.toThrow('Too many login attempts');
  });

  it('of one kind do not count as another, also with the same limits', async () => {
    const limits = memoryLoginLimits();
    const [logins, keys] = [new LoginAttempts(limits, ONE), new LoginAttempts(limits, ONE, 'new keys')];
    await logins.begin('192.0.2.1');
    await logins.begin('192.0.2.1', '');
    await keys.begin('192.0.2.1');
    await expect(keys.begin('192.0.2.1')).rejects.toThrow('Too many new keys');
  });
});
