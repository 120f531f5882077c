import { decoyHash, hashPassword, isPasswordHash, verifyPassword } from './password-hash.js';

describe('The hash of a password', () => {
  it('fits its password and no other, and has a salt of its own', async () => {
    const [hash, other] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(hash).not.toBe(other);
    expect(isPasswordHash(hash)).toBe(true);
    expect(
      await Promise.all(['correct horse', 'correct horse ', ''].map((text) => verifyPassword(text, hash))),
    ).toEqual([true, false, false]);
  });

  it('fits the same text however it was composed', async () => {
    // An é of one piece and one of two, a ligature and its letters (RFC 8265).
    const hash = await hashPassword('caf\u00e9 \ufb01n');
    expect(await verifyPassword('cafe\u0301 fin', hash)).toBe(true);
  });

  it('of nobody fits no password', async () => {
    const hash = decoyHash();
    expect(isPasswordHash(hash)).toBe(true);
    expect(await verifyPassword('', hash)).toBe(false);
  });

  it.each([
    ['no hash at all', 'secret'],
    ['another function', '$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$a2V5a2V5a2V5a2V5a2V5a2V5a2V5'],
    ['nothing', ''],
  ])('that is %s fits no password', async (_what, text) => {
    expect(isPasswordHash(text)).toBe(false);
    expect(await verifyPassword('secret', text)).toBe(false);
  });

  it('that asks for more memory than is given is an error, not a reason to run out of it', async () => {
    const greedy = decoyHash().replace('ln=15', 'ln=24');
    await expect(verifyPassword('secret', greedy)).rejects.toThrow(/memory limit/);
  });
});
