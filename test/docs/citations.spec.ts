import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { citationsIn, citationsInWords, citationsOfTitles } from './citations.js';
import { DOCUMENTS, readProtocol, type DocumentName } from './protocol-documents.js';
import { ROOT, filesBelow } from './repository-files.js';

const TEXT = /\.(ts|mjs|js|py|md|html|css|yml)$/;
const TESTS = /spec\.ts$|[-.](cases|contract)\.ts$/;

const protocols = new Map(DOCUMENTS.map((name) => [name, readProtocol(name)]));
const texts = new Map(
  ['apps', 'bench', 'docs', 'libs', 'test', 'tools']
    .flatMap((folder) => filesBelow(folder, TEXT))
    .concat('CONTRIBUTING.md', 'README.md', 'SECURITY.md')
    .map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]),
);

describe('Citations of the protocols', () => {
  it('are read one by one, in lists and in ranges', () => {
    const read = citationsIn('as in connector§8.1 #36..38 (rpc#S9), see README.md#rpc and open-rpc#1');
    expect(read.map(({ document, kind, id }) => document + kind + id)).toEqual([
      'connector§8.1',
      'connector#36',
      'connector#37',
      'connector#38',
      'rpc#S9',
    ]);
  });

  it('are ids: words are noticed, those of an RFC are not', () => {
    expect(citationsInWords('(Row 3, sections 2.1 to 4, RFC 9110 section 8, RFC 9110, section 9)')).toEqual([
      'Row 3',
      'sections 2.1',
    ]);
  });

  it('name rows and sections that exist', () => {
    const unknown = [...texts].flatMap(([path, text]) =>
      citationsIn(text)
        .filter(({ document, kind, id }) => {
          const { rows, sections } = protocols.get(document)!;
          return !(kind === '#' ? rows : sections).has(id);
        })
        .map(({ document, kind, id }) => `${path}: ${document}${kind}${id}`),
    );
    expect(unknown).toEqual([]);
  });

  it('are ids, not words, outside of the protocols themselves', () => {
    const words = [...texts]
      .filter(([path]) => !path.startsWith('docs/protocols/') && !path.startsWith('test/docs/'))
      .flatMap(([path, text]) => citationsInWords(text).map((citation) => `${path}: ${citation}`));
    expect(words).toEqual([]);
  });

  it.each(DOCUMENTS)('within %s name sections of its own', (name) => {
    const { text, sections } = protocols.get(name)!;
    const cited = [...text.matchAll(/(?:(?<![\w])§|\bsections? )(\d+(?:\.\d+)?)/g)].map(([, id = '']) => id);
    expect(cited.filter((id) => !sections.has(id))).toEqual([]);
  });
});

describe('Rows of the protocols', () => {
  const named = new Map<DocumentName, Set<string>>(DOCUMENTS.map((name) => [name, new Set()]));
  for (const [path, text] of texts) {
    if (!TESTS.test(path)) continue;
    for (const { document, id } of citationsOfTitles(text)) named.get(document)!.add(id);
  }

  it.each(DOCUMENTS)('of %s stand each at the beginning of the title of a test', (name) => {
    const { behaviours } = protocols.get(name)!;
    expect([...behaviours].filter((id) => !named.get(name)!.has(id))).toEqual([]);
  });

  it.each([
    ['connection-profiles', 26],
    ['connectivity', 58],
    ['connector', 81],
    ['rpc', 68],
    ['statistics', 14],
    ['stream-store', 50],
  ] as const)('of %s are at least %i', (name, count) => {
    expect(protocols.get(name)!.behaviours.size).toBeGreaterThanOrEqual(count);
  });
});
