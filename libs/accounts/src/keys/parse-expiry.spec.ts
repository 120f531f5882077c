import { parseExpiry } from './make-api-key.js';

const NOW = Date.parse('2026-06-01T12:00:00Z');

describe('The expiry of a key', () => {
  it.each([
    ['90d', '2026-08-30T12:00:00.000Z'],
    ['12h', '2026-06-02T00:00:00.000Z'],
    [' 5 m ', '2026-06-01T12:05:00.000Z'],
    ['1s', '2026-06-01T12:00:01.000Z'],
    ['2030-01-31', '2030-01-31T00:00:00.000Z'],
    ['2030-01-31T12:00:00Z', '2030-01-31T12:00:00.000Z'],
    ['2030-01-31T12:00+02:00', '2030-01-31T10:00:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(parseExpiry(text, NOW).toISOString()).toBe(expected);
  });

  it.each([
    '',
    'never',
    '90',
    '0d',
    '-1d',
    '1y',
    '1.5h',
    '1e9d',
    '2026-05-31',
    '2026-06-01T12:00:00Z',
    '2030-13-01',
    '1/2/2030',
    'tomorrow',
  ])('refuses "%s"', (text) => {
    expect(() => parseExpiry(text, NOW)).toThrow(/^The expiry (must be a time span|.* lies in the past)/);
  });
});
