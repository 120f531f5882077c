import { PasswordAttempts } from './password-attempts.js';

describe('Attempts at a password', () => {
  afterEach(() => jest.useRealTimers());

  it('are refused after so many wrong ones, for that name alone, until the time is over', () => {
    jest.useFakeTimers();
    const attempts = new PasswordAttempts({ limit: 2, ttl: 1000 });
    attempts.begin('alice');
    attempts.begin('alice');
    expect(() => attempts.begin('alice')).toThrow('try again in 1 s');
    attempts.begin('bob');
    jest.advanceTimersByTime(1001);
    attempts.begin('alice');
  });

  it('are counted for each address by itself: nobody is kept out by the attempts of another', () => {
    const attempts = new PasswordAttempts({ limit: 1, ttl: 60_000 });
    attempts.begin('alice', '192.0.2.1');
    expect(() => attempts.begin('alice', '192.0.2.1')).toThrow('Too many login attempts');
    attempts.begin('alice', '192.0.2.2');
    attempts.begin('alice', '2001:db8:0:1::1');
    for (const same of ['2001:db8:0:1:2:3:4:5', '2001:db8::1:0:0:0:7']) {
      expect(() => attempts.begin('alice', same)).toThrow('Too many login attempts');
    }
    attempts.begin('alice', '2001:db8:0:2::1');
  });

  it('do not count when they are right', () => {
    const attempts = new PasswordAttempts({ limit: 2, ttl: 60_000 });
    for (let attempt = 0; attempt < 100; attempt += 1) attempts.begin('alice')();
    attempts.begin('alice');
    attempts.begin('alice');
    expect(() => attempts.begin('alice')).toThrow('Too many login attempts');
  });

  it('count from their beginning: many at a time do not slip through', () => {
    const attempts = new PasswordAttempts({ limit: 2, ttl: 60_000 });
    const succeeded = [attempts.begin('alice'), attempts.begin('alice')];
    expect(() => attempts.begin('alice')).toThrow('Too many login attempts');
    for (const right of succeeded) right();
    attempts.begin('alice');
  });

  it('are remembered for a bounded number of names', () => {
    const attempts = new PasswordAttempts({ limit: 1, ttl: 60_000 });
    attempts.begin('first');
    for (let index = 0; index < 10_000; index += 1) attempts.begin(`name ${index}`);
    attempts.begin('first');
    expect(() => attempts.begin('name 9999')).toThrow('Too many login attempts');
  });
});
