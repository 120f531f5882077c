import type { Principal } from '@millrace/core/security';
import { VerifiedTokens } from './verified-tokens.js';

describe('Remembered tokens', () => {
  const principal = (lifetime = 60_000): Principal => ({
    subject: 'a',
    scopes: [],
    method: 'jwt',
    expiresAt: Date.now() + lifetime,
  });

  it('are verified once', () => {
    const tokens = new VerifiedTokens();
    const verify = jest.fn(principal);
    const first = tokens.get('x', () => verify());
    expect(tokens.get('x', () => verify())).toBe(first);
    tokens.get('y', () => verify());
    expect(verify).toHaveBeenCalledTimes(2);
  });

  it('are verified again when they have run out', () => {
    const tokens = new VerifiedTokens();
    tokens.get('x', () => principal(-1));
    expect(() =>
      tokens.get('x', () => {
        throw new Error('ran out');
      }),
    ).toThrow('ran out');
    expect(tokens.size).toBe(0);
  });

  it('are bounded, and bad ones are not kept', () => {
    const tokens = new VerifiedTokens(3);
    const bad = (): never => {
      throw new Error('bad');
    };
    for (const name of ['a', 'b', 'c']) tokens.get(name, principal);
    expect(() => tokens.get('bad', bad)).toThrow('bad');
    expect(tokens.size).toBe(3);
    tokens.get('a', bad);
    tokens.get('d', principal);
    expect(tokens.size).toBe(3);
    tokens.get('a', bad);
    expect(() => tokens.get('b', bad)).toThrow('bad');
  });
});
