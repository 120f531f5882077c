import { RE2JS } from 're2js';
import { translatePattern } from './python-pattern.js';

describe('The size of a pattern', () => {
  it.each([
    'a{1000}',
    '(?:a?){900}',
    '((a{10}){10}){10}',
    '(?:a{2,10}){1,90}',
    '(a|b|c){300}',
    String.raw`\d{60}`,
    String.raw`[\w-]{50}`,
    'x{3,}',
  ])('lets %s through, whose program is no larger than was counted', (pattern) => {
    expect(RE2JS.compile(translatePattern(pattern).text).programSize()).toBeLessThan(2500);
  });

  it.each([
    '(a{100}){21}',
    '(?:a?){1000}b{10}',
    '((a{1,10}){1,10}){1,10}a{1000}',
    '(((((((a{9}){9}){9}){9}){9}){9}){9}){9}',
    String.raw`\w{1000}`,
    String.raw`\w`.repeat(500),
    `(?i)${'[Ā-￿]'.repeat(20)}`,
  ])('refuses %s before it is compiled', (pattern) => {
    expect(() => translatePattern(pattern)).toThrow('it unfolds to more than 2000 instructions');
  });
});
