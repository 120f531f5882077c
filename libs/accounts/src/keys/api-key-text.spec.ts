import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  apiKeySecretFits,
  hasApiKeyForm,
  hashApiKeySecret,
  parseApiKey,
  randomApiKey,
  writeApiKey,
} from './api-key-text.js';

describe('The text of an API key', () => {
  it('is mr_, an id of 12 characters and a secret of 256 bits, and is read back', () => {
    const parts = randomApiKey();
    const key = writeApiKey(parts);
    expect(key).toMatch(/^mr_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}$/);
    expect(43 * Math.log2(62)).toBeGreaterThan(256);
    expect(parseApiKey(key)).toEqual(parts);
  });

  it('is another one each time, and uses the whole alphabet evenly', () => {
    const keys = Array.from({ length: 2000 }, randomApiKey);
    expect(new Set(keys.map(({ id }) => id)).size).toBe(2000);
    const counts = new Map<string, number>();
    for (const { secret } of keys) for (const letter of secret) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    expect(counts.size).toBe(62);
    // 1387 each; a bias by a remainder of 256 would put eight of them a quarter higher.
    for (const count of counts.values()) expect(Math.abs(count - (2000 * 43) / 62)).toBeLessThan(220);
  });

  it('is told from tokens by its beginning, however broken', () => {
    expect(['mr_', 'mr_x', 'mr_a_b_c'].every(hasApiKeyForm)).toBe(true);
    expect(['', 'mr', 'MR_x', 'eyJhbGciOiJIUzI1NiJ9.e30.x', ' mr_'].some(hasApiKeyForm)).toBe(false);
  });

  it('nothing else is read as one', () => {
    fc.assert(
      fc.property(fc.string(), (text) => parseApiKey(text) === undefined && parseApiKey(`mr_${text}`) === undefined),
    );
    const key = writeApiKey(randomApiKey());
    for (const text of [`${key}\n`, `${key} `, ` ${key}`, key.slice(1), key.slice(0, -1), key.replace('_', '-')]) {
      expect(parseApiKey(text)).toBeUndefined();
    }
  });

  it('leaves the SHA-256 of its secret behind, which only that secret fits', () => {
    const { secret } = randomApiKey();
    const kept = hashApiKeySecret(secret);
    expect(kept).toBe(createHash('sha256').update(secret).digest('base64url'));
    expect(apiKeySecretFits(secret, kept)).toBe(true);
    expect(apiKeySecretFits(randomApiKey().secret, kept)).toBe(false);
    for (const broken of ['', 'x', kept.slice(1), `${kept}xxxx`]) expect(apiKeySecretFits(secret, broken)).toBe(false);
  });
});
