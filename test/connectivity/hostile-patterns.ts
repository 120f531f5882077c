/** Pieces that make engines slow: nested and overlapping repetitions, long counts, large classes of characters. */
const PIECES = [
  '(a+)+',
  '(a|aa)*',
  '(a*)*',
  '(.*a){20}',
  '.*a.{40}',
  'a{1,500}',
  '(a?){200}',
  '[^!]*',
  '(?:a?){50}',
  '(x+x+)+y',
  String.raw`\w+`,
  String.raw`(\w*b.{10}){3}`,
  String.raw`.*[^\d].{50}`,
  '((a{1,10}){1,10}){1,10}',
  '[Ā-￿]',
  '(.*)',
  '(a|b|ab)*',
  '(.|a|[ab]){30}',
  'a$|',
  '.*.*.*.*=.*',
];

const HEADS = ['', '', '', '(?i)', '(?s)', '.*', '(?:'];

/** Numbers that look random and are the same in every run. */
function numbers(seed: number): (most: number) => number {
  let state = seed;
  return (most) => (state = (state * 48_271) % 2_147_483_647) % most;
}

/** So many patterns of up to 1 kB. */
export function hostilePatterns(count: number): string[] {
  const random = numbers(7);
  return Array.from({ length: count }, () => {
    const head = HEADS[random(HEADS.length)] ?? '';
    // Many of one piece, or a mixture.
    const only = random(3) === 0 ? PIECES[random(PIECES.length)] : undefined;
    const pieces = Array.from({ length: 1 + random(40) }, () => only ?? PIECES[random(PIECES.length)] ?? '');
    while (pieces.join('').length > 1000) pieces.pop();
    return `${head}${pieces.join('')}${head === '(?:' ? '){2,30}' : ''}`;
  });
}

/** So many names: long runs of one letter, random letters, and letters of many scripts. */
export function hostileNames(count: number): string[] {
  const random = numbers(11);
  const letter = [
    () => 'a',
    () => 'ab'[random(2)],
    () => 'abcdefghijklmnopqrstuvwxyz0123456789_-'[random(38)],
    () => String.fromCharCode(0x100 + random(0x2000)),
  ];
  return Array.from({ length: count }, (_, index) => {
    const next = letter[index % letter.length] ?? (() => 'a');
    return `${Array.from({ length: 20 + (index % 20) }, next).join('')}${index}!`;
  });
}
