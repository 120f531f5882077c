import fc from 'fast-check';
import { parseProperties } from './properties.js';

describe('connector#36: the Java properties format', () => {
  it.each<[string, string, Record<string, string>]>([
    ['key=value', 'key=value', { key: 'value' }],
    ['a colon', 'key: value', { key: 'value' }],
    ['a blank', 'key value', { key: 'value' }],
    ['blanks around the separator', '  key \t = \t value', { key: 'value' }],
    ['comments', '# a=1\n! b=2\n  # c=3\nd=4', { d: '4' }],
    ['a separator in the value', 'authToken=abc==', { authToken: 'abc==' }],
    ['only the first separator', 'a=b:c=d', { a: 'b:c=d' }],
    ['continuation', 'sources=a,\\\n   b,\\\r\n\tc', { sources: 'a,b,c' }],
    ['an escaped backslash at the end', 'a=b\\\\\nc=d', { a: 'b\\', c: 'd' }],
    ['a comment sign in a continued line', 'a=b\\\n#c', { a: 'b#c' }],
    ['escapes', 'a=\\t\\n\\r\\f\\\\\\u00fc\\q', { a: '\t\n\r\f\\üq' }],
    ['escaped separators in the key', 'a\\:b\\ c\\=d=e', { 'a:b c=d': 'e' }],
    ['blanks at the end of a value', 'a=b  ', { a: 'b  ' }],
    ['the last of equal keys', 'a=1\na=2', { a: '2' }],
    ['an empty value', 'a=\nb\nc:', { a: '', b: '', c: '' }],
    ['a malformed escape', 'a=\\u12', { a: 'u12' }],
    ['a backslash at the end of the file', 'a=b\\', { a: 'b' }],
    ['a byte order mark and Windows line ends', '\ufeffa=1\r\nb=2\r\n', { a: '1', b: '2' }],
    ['unknown keys', 'whatever.key=x', { 'whatever.key': 'x' }],
  ])('reads %s', (_what, text, expected) => {
    expect(Object.fromEntries(parseProperties(text))).toEqual(expected);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => parseProperties(text) instanceof Map));
  });
});
