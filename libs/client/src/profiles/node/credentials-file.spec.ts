import { CredentialsFileError } from '../credentials.errors.js';
import { parseCredentials } from './credentials-file.js';

const nines = (name: string, of: string): string => `${name}: &${name} [${Array(9).fill(of).join(',')}]\n`;
const laughs = `a: &a ["x"]\n${nines('b', '*a')}${nines('c', '*b')}${nines('d', '*c')}${nines('e', '*d')}${nines('f', '*e')}`;

const hostile: [string, string][] = [
  ['aliases without end', laughs],
  ['an alias of itself', 'a: &a [*a]\nb: *a\nc: [*a, *a]\n'.repeat(40)],
  ['deep flow nesting', `a: ${'['.repeat(100_000)}`],
  ['deep block nesting', Array.from({ length: 300 }, (_, n) => `${' '.repeat(n)}a:`).join('\n')],
  ['deep sequences', `a:\n  ${'- '.repeat(5000)}x`],
  ['a huge file', `a: ${'x'.repeat(300 * 1024)}`],
  ['an unknown tag', 'a: !!js/function "function () {}"\n'],
  ['a tag of a program', 'a: !python/object:os.system "ls"\n'],
  ['two documents', 'a: {}\n---\nb: {}\n'],
  ['control characters', 'a: "\u0000\u0007'],
];

it.each(hostile)('refuses %s fast and without a word of the content', (_what, text) => {
  for (const lenient of [false, true]) {
    expect(() => parseCredentials(text, '/home/mara/file', lenient)).toThrow(CredentialsFileError);
  }
});

it('no message quotes the file, for it holds keys', () => {
  for (const text of ['p:\n  btrdb: { api_key: "secret-key\n', 'p: !secret-key x\n', '"secret-key', '- secret-key\n']) {
    try {
      parseCredentials(text, '/f', true).profile('p');
      throw new Error('It was read');
    } catch (error) {
      expect(error).toBeInstanceOf(CredentialsFileError);
      expect((error as Error).message).not.toContain('secret-key');
    }
  }
});

it('names of the language are ordinary profile names', () => {
  const file = parseCredentials('__proto__:\n  btrdb: { endpoints: "h:1" }\n', '/f', false);
  expect(file.profile('__proto__')?.endpoints).toBe('h:1');
  expect(['constructor', 'toString', 'hasOwnProperty'].map((name) => file.profile(name))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
