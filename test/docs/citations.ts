import { DOCUMENTS, type DocumentName } from './protocol-documents.js';

/** A row (`#41`) or a section (`§5.3`) of a protocol, as a comment or a test names it. */
export interface Citation {
  readonly document: DocumentName;
  readonly kind: '#' | '§';
  readonly id: string;
  /** Whether it is one of a range such as `connector#36..41`. */
  readonly ranged: boolean;
}

const MARK = String.raw`(?:#[A-Z]?\d+(?:\.\.[A-Z]?\d+)?|§\d+(?:\.\d+)*)`;
const CITATION = String.raw`(?<![\w/.-])(${DOCUMENTS.join('|')})(${MARK}(?: ${MARK})*)(?!\w)`;

/** The citations in a text: `stream-store#41`, `rpc§9.1`, `stream-store#30 #31`, `connector§8.1 #36..41`. */
export function citationsIn(text: string): Citation[] {
  return [...text.matchAll(new RegExp(CITATION, 'g'))].flatMap(([, document, marks = '']) =>
    marks.split(' ').flatMap((mark) => oneOrRange(document as DocumentName, mark)),
  );
}

/** The citations with which the titles of tests begin; a range names no row. */
export function citationsOfTitles(text: string): Citation[] {
  return [...text.matchAll(new RegExp(`['"\`]${CITATION}`, 'g'))]
    .flatMap(([whole]) => citationsIn(whole.slice(1)))
    .filter(({ kind, ranged }) => kind === '#' && !ranged);
}

/** Citations in words, which nothing can resolve: `row 41`, `sections 3 and 4`. Those of an RFC stay. */
export function citationsInWords(text: string): string[] {
  return [...text.matchAll(/(?<!RFC \d{4},?\s+(?:\* )?)\b(?:rows?|sections?) [A-Z]?\d[\d.]*/gi)].map(
    ([words]) => words,
  );
}

function oneOrRange(document: DocumentName, mark: string): Citation[] {
  const kind = mark[0] as '#' | '§';
  const [first = '', last] = mark.slice(1).split('..');
  if (last === undefined) return [{ document, kind, id: first, ranged: false }];
  const letter = first.replace(/\d+/, '');
  const [from, to] = [first, last].map((id) => Number(id.replace(/\D/, '')));
  return Array.from({ length: to! - from! + 1 }, (_, index) => {
    return { document, kind, id: `${letter}${from! + index}`, ranged: true };
  });
}
