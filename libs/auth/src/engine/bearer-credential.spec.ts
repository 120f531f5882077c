import fc from 'fast-check';
import { findCredential } from './bearer-credential.js';

const find = (url: string, headers: Record<string, string> = {}): string | undefined =>
  findCredential({ url, headers }, true);

describe('Finding a credential', () => {
  it.each([
    ['/a?token=x', 'x'],
    ['/a?b=1&token=x&token=y', 'x'],
    ['/a?%74oken=x', 'x'],
    ['/a?token=a%2Eb', 'a.b'],
    ['/a?token=', undefined],
    ['/a?tokens=x', undefined],
    ['/token=x', undefined],
    ['/a?token=x?token=y', 'x?token=y'],
    ['', undefined],
  ])('in the query of %s: %s', (url, expected) => {
    expect(find(url)).toBe(expected);
  });

  it.each([
    ['Bearer x', 'x'],
    ['bearer   x ', 'x'],
    ['Bearer', undefined],
    ['Bearer ', undefined],
    ['Bearerx', undefined],
    ['Basic x', undefined],
    ['x', undefined],
  ])('in the header "%s": %s', (authorization, expected) => {
    expect(find('/', { authorization })).toBe(expected);
  });

  it.each([
    ['authorization=Bearer x', 'x'],
    ['authorization="Bearer x"', 'x'],
    ['a=b; authorization=Bearer%20x;c', 'x'],
    ['authorization=%22bearer%20x%22', 'x'],
    ['authorization=Bearer x%', 'x%'],
    ['authorization=Basic y; authorization=Bearer x', 'x'],
    ['xauthorization=Bearer x', undefined],
    ['authorization=x', undefined],
    ['authorization="', undefined],
    [';;=;', undefined],
  ])('in the cookies "%s": %s', (cookie, expected) => {
    expect(find('/', { cookie })).toBe(expected);
  });

  it('does not look at cookies when they are off', () => {
    expect(findCredential({ url: '/', headers: { cookie: 'authorization=Bearer x' } }, false)).toBeUndefined();
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (url, authorization, cookie) => {
        find(url, { authorization, cookie: `authorization=${cookie}` });
      }),
    );
  });
});
