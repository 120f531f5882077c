import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../..');

interface Snippet {
  /** Where a fault is shown: `README.md:12`. */
  readonly place: string;
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

function markdownFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (['node_modules', 'dist', '.git', 'data'].includes(name)) return [];
    if (statSync(path).isDirectory()) return markdownFiles(path);
    return name.endsWith('.md') && !name.endsWith('.api.md') ? [path] : [];
  });
}

function snippetsOf(path: string): Snippet[] {
  const text = readFileSync(path, 'utf8');
  const name = relative(ROOT, path);
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match, index) => {
    const line = text.slice(0, match.index).split('\n').length + 1;
    // Beside its page, so that relative imports and the packages are found as from there.
    return { place: `${name}:${line}`, file: join(dirname(path), `__snippet-${index}.ts`), line, text: match[1] ?? '' };
  });
}

describe('Examples in the documentation', () => {
  const snippets = markdownFiles(ROOT).flatMap(snippetsOf);
  const program = compile(snippets);

  it('are there', () => {
    expect(snippets.map(({ place }) => place.split(':')[0])).toEqual(
      expect.arrayContaining(['README.md', 'libs/auth/README.md']),
    );
  });

  it.each(snippets.map((snippet) => [snippet.place, snippet] as const))(
    '%s type-checks against the sources',
    (_place, { file, line }) => {
      const source = program.getSourceFile(file);
      const faults = ts.getPreEmitDiagnostics(program, source).map(({ start = 0, messageText }) => {
        const at = source ? source.getLineAndCharacterOfPosition(start).line : 0;
        return `line ${line + at}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
      });
      expect(faults).toEqual([]);
    },
  );
});

/** One program for all: the packages are read once. */
function compile(snippets: readonly Snippet[]): ts.Program {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.check.json'), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, ROOT);
  // Examples may use the newest syntax, such as `await using`, and types of browsers.
  const settings: ts.CompilerOptions = {
    ...options,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts'],
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(settings);
  const texts = new Map(snippets.map(({ file, text }) => [file, `${text}\nexport {};\n`]));
  const files = { ...host };
  host.fileExists = (path) => texts.has(path) || files.fileExists(path);
  host.readFile = (path) => texts.get(path) ?? files.readFile(path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = texts.get(path);
    return text === undefined
      ? files.getSourceFile(path, version, ...rest)
      : ts.createSourceFile(path, text, version, true);
  };
  return ts.createProgram([...texts.keys()], settings, host);
}
