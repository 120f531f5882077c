import ts from 'typescript';
import { filesBelow, placeOf, readText, walk } from './sources.mjs';

/** Words that make a sentence hard to read, and what to write in their place. CONTRIBUTING.md has the rules. */
export const WORDS = [
  [/\bshall\b/i, 'must, will'],
  [/\bborne\b/i, 'taken, accepted'],
  [/\bwhoever\b/i, 'who, a caller that'],
  [/\bfor ever\b/i, 'forever, without end'],
  [/\btold of\b/i, 'told about, gets'],
  [/(?<!\bthere )\b(is|are|was|were) no (?!such\b|longer|more|other|less|later|[a-z]+er\b)[a-z]/i, 'is not a'],
  [/\bnone of (?!the|these|them|its|those)/i, 'no, not any'],
  [/\bdoes not (know|take|have|need) any more\b/i, 'no longer'],
  [/\b(upon|thereby|whence|wherein|hitherto|lest|thereof|therein)\b/i, 'on, so, where'],
];

/** Names that say how one pictures a thing and not what it is. */
export const PICTURES = /[bB]rake|[dD]amper|[cC]ensus|[dD]oubt|[kK]nock|Lane(?![a-z])|(?<![A-Za-z])lanes?(?![a-z])/;

/** Places in pages, comments and texts of the sources that use one of the words. */
export function hardWords(sources) {
  const pages = [...filesBelow('.', /\.md$/)].filter(
    (path) => !/CHANGELOG|RESULTS|\.api\.md$|^docs\/protocols\/|^CONTRIBUTING/.test(path),
  );
  return [...pages.flatMap((path) => inLines(path, readText(path))), ...sources.flatMap((source) => inSource(source))];
}

function inLines(path, text) {
  return text.split('\n').flatMap((line, index) => found(line).map((hit) => `${path}:${index + 1}: ${hit}`));
}

function found(text) {
  return WORDS.flatMap(([word, better]) => {
    const hit = word.exec(text);
    return hit ? [`"${hit[0]}" (write: ${better})`] : [];
  });
}

/** Comments are read by lines; of the code only texts that people read: those with a blank in them. */
function inSource(source) {
  const hits = [];
  const seen = new Set();
  const comment = ({ pos, end }) => {
    if (seen.has(pos)) return;
    seen.add(pos);
    const first = source.tree.getLineAndCharacterOfPosition(pos).line;
    const lines = source.text.slice(pos, end).split('\n');
    lines.forEach((line, index) => {
      for (const hit of found(line)) hits.push(`${source.path}:${first + index + 1}: ${hit}`);
    });
  };
  walk(source.tree, (node) => {
    for (const range of ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? []) comment(range);
    for (const range of ts.getTrailingCommentRanges(source.text, node.getEnd()) ?? []) comment(range);
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      if (node.text.includes(' ')) for (const hit of found(node.text)) hits.push(`${placeOf(source, node)}: ${hit}`);
    }
  });
  return hits;
}

/** Names of declarations, and of files, that are pictures. */
export function pictureNames(sources) {
  return sources.flatMap((source) => {
    const hits = [];
    if (PICTURES.test(source.path.split('/').at(-1))) hits.push(source.path);
    walk(source.tree, (node) => {
      const { name } = node;
      if (!name || !ts.isIdentifier(name) || !PICTURES.test(name.text)) return;
      if (ts.isImportSpecifier(node) || ts.isPropertyAccessExpression(node) || ts.isExportSpecifier(node)) return;
      hits.push(`${placeOf(source, name)}: ${name.text}`);
    });
    return hits;
  });
}
