import { exactId, idText } from './rpc-id.js';

describe('Ids', () => {
  it.each([
    ['0', 0],
    ['-0', -0],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['9007199254740992', 9007199254740992n],
    ['1.5', 1.5],
    ['1e3', 1000],
    ['123456789012345e10', 123456789012345e10],
  ])('keeps %s', (text, id) => expect(exactId(text)).toBe(id));

  it.each(['1e999', '0.1234567890123456789', '9007199254740993.5', '1'.repeat(501)])('refuses %s', (text) =>
    expect(exactId(text)).toBeUndefined(),
  );

  it('writes ids as JSON', () => {
    expect([idText(-0), idText('a"b'), idText(10n ** 20n), idText('\ud800')]).toEqual([
      '0',
      '"a\\"b"',
      '100000000000000000000',
      '"\\ud800"',
    ]);
  });
});
