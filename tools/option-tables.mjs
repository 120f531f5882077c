// Writes the tables of options into the READMEs of the packages:
//
//   <!-- options: StreamStoreModule -->            every option of the definition with that name
//   <!-- options: StreamStoreModule limits -->     those below `limits`, by their names there
//   <!-- options: StreamStoreModule -limits -->    those not below `limits`
//   <!-- /options -->
//
// The text is the first paragraph of the comment above the property in the schema; the default is the schema's, or what the
// comment names by `@default`. Definitions are the exports of `defineOptions()` in files named `*.options.ts`.
//
//   node tools/option-tables.mjs [--write]        reads what is built
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as prettier from 'prettier';
import { entries } from './entries.mjs';
import ts from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const MARKED = /(<!-- options: (\S+)((?: -?[\w.]+)*) -->\n)[\s\S]*?(\n<!-- \/options -->)/g;

const packages = readdirSync(join(root, 'libs')).map((name) => join(root, 'libs', name));

/** READMEs whose tables are stale, with their new text. */
export async function staleTables() {
  const readmes = packages
    .map((folder) => join(folder, 'README.md'))
    .map((file) => ({ file, text: textOf(file) }))
    .filter(({ text }) => text?.includes('<!-- options: '));
  if (readmes.length === 0) return [];
  const definitions = await findDefinitions();
  const stale = [];
  for (const { file, text } of readmes) {
    const filled = text.replace(MARKED, (_all, begin, name, filters, end) => {
      const rows = definitions.get(name);
      if (!rows) throw new Error(`${relative(root, file)}: no *.options.ts defines options named "${name}"`);
      return `${begin}\n${table(select(rows, filters.trim().split(' ').filter(Boolean)))}\n${end}`;
    });
    const options = await prettier.resolveConfig(file);
    const formatted = await prettier.format(filled, { ...options, parser: 'markdown' });
    if (formatted !== text) stale.push({ file, text: formatted });
  }
  return stale;
}

async function findDefinitions() {
  const definitions = new Map();
  for (const file of packages.flatMap((folder) => list(join(folder, 'src')))) {
    if (!file.endsWith('.options.ts')) continue;
    const exported = await import(pathToFileURL(file.replace('/src/', '/dist/').replace(/\.ts$/, '.js')).href);
    const source = sourceFile(file);
    for (const value of Object.values(exported)) {
      if (!isDefinition(value)) continue;
      const shape = shapeOf(source, value.name);
      definitions.set(
        value.name,
        value.rows().map((row) => ({ ...row, ...commentOf(shape, row.path, value.name) })),
      );
    }
  }
  return definitions;
}

/** Asks for own properties only: some exports of Nest throw when they are read. */
function isDefinition(value) {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'rows') && Object.hasOwn(value, 'read');
}

/** The second argument of `defineOptions('<name>', shape)`. */
function shapeOf(source, name) {
  let found;
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'defineOptions') {
      if (node.arguments[0]?.text === name) found = node.arguments[1];
    }
    if (!found) ts.forEachChild(node, visit);
  };
  visit(source);
  if (!found) throw new Error(`${source.fileName}: there is no defineOptions('${name}', …)`);
  return found;
}

function commentOf(shape, path, definition) {
  let node = shape;
  for (const name of path) {
    const property = objectsIn(node)
      .flatMap((object) => propertiesOf(object))
      .find((each) => each.name?.text === name);
    if (!property) throw new Error(`${definition}: the shape has no option ${path.join('.')}`);
    node = property;
  }
  const [doc] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const [text] = (ts.getTextOfJSDocComment(doc?.comment) ?? '').split('\n\n');
  if (!text) throw new Error(`${definition}: write a comment above the option ${path.join('.')}`);
  const tag = doc.tags?.find((each) => each.tagName.text === 'default');
  return { text: text.replace(/\n/g, ' '), documented: tag && ts.getTextOfJSDocComment(tag.comment) };
}

/** The object literals an option is made of, itself or in the calls that wrap it; names are followed. */
function objectsIn(node) {
  if (ts.isObjectLiteralExpression(node)) return [node];
  if (ts.isIdentifier(node)) {
    const target = declarationOf(node);
    return target ? objectsIn(target) : [];
  }
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
    const returned = declarationOf(node.expression);
    if (returned && ts.isObjectLiteralExpression(returned)) return [returned];
  }
  const found = [];
  const value = ts.isPropertyAssignment(node) ? node.initializer : node;
  if (value !== node) return objectsIn(value);
  if (ts.isShorthandPropertyAssignment(node)) return objectsIn(node.name);
  ts.forEachChild(node, (child) => void found.push(...objectsIn(child)));
  return found;
}

function propertiesOf(object) {
  return object.properties.flatMap((property) =>
    ts.isSpreadAssignment(property) ? objectsIn(property.expression).flatMap(propertiesOf) : [property],
  );
}

/** What a name stands for: a constant or function of its file, or of the file or package of ours it comes from. */
function declarationOf(identifier) {
  const source = identifier.getSourceFile();
  return exportOf(source, identifier.text) ?? importOf(source, identifier.text);
}

function importOf(source, name) {
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const named = statement.importClause?.namedBindings?.elements?.find((element) => element.name.text === name);
    const file = named && fileOf(source, statement.moduleSpecifier.text);
    if (file) return exportOf(sourceFile(file), (named.propertyName ?? named.name).text);
  }
  return undefined;
}

/** The value of a constant, or what a function returns; names that are handed on are followed. */
function exportOf(source, name) {
  for (const statement of source.statements) {
    if (ts.isVariableStatement(statement)) {
      const found = statement.declarationList.declarations.find((each) => each.name.text === name);
      if (found) return found.initializer;
    }
    if (ts.isFunctionDeclaration(statement) && statement.name?.text === name) {
      return statement.body.statements.find(ts.isReturnStatement)?.expression;
    }
    if (ts.isExportDeclaration(statement) && statement.moduleSpecifier) {
      const named = statement.exportClause?.elements?.find((element) => element.name.text === name);
      const file = named && fileOf(source, statement.moduleSpecifier.text);
      if (file) return exportOf(sourceFile(file), (named.propertyName ?? named.name).text);
    }
  }
  return undefined;
}

function fileOf(source, specifier) {
  if (specifier.startsWith('.')) return join(dirname(source.fileName), specifier.replace(/\.js$/, '.ts'));
  const entry = entries()[specifier];
  return entry && join(root, entry);
}

function sourceFile(file) {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023, true);
}

function select(rows, filters) {
  const without = filters.filter((filter) => filter.startsWith('-')).map((filter) => filter.slice(1));
  const [within] = filters.filter((filter) => !filter.startsWith('-'));
  return rows
    .map((row) => ({ ...row, name: row.path.join('.') }))
    .filter(({ name }) => !without.some((prefix) => name === prefix || name.startsWith(`${prefix}.`)))
    .filter(({ name }) => within === undefined || name.startsWith(`${within}.`))
    .map((row) => ({ ...row, name: within === undefined ? row.name : row.name.slice(within.length + 1) }));
}

function table(rows) {
  const cell = (text) => text.replace(/\|/g, '\\|');
  const lines = rows.map(({ name, text, documented, required, ...row }) => {
    const fallback = documented ?? row.default ?? (required ? 'required' : 'none');
    return `| \`${name}\` | ${cell(lowerFirst(text))} | ${cell(fallback)} |`;
  });
  return ['| option | meaning | default |', '| --- | --- | --- |', ...lines].join('\n');
}

/** Cells are no sentences: a small letter first, unless the word is a name, and no full stop. */
function lowerFirst(text) {
  const first = /^[A-Z][a-z]*(?![\w])/.test(text) ? text[0].toLowerCase() + text.slice(1) : text;
  return first.replace(/\.$/, '');
}

function list(folder) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    // Not built, or no package.
    return [];
  }
}

function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const stale = await staleTables();
  for (const { file, text } of stale) {
    if (process.argv.includes('--write')) writeFileSync(file, text);
    console.log(
      `${relative(root, file)}: tables of options ${process.argv.includes('--write') ? 'written' : 'are stale'}`,
    );
  }
  if (stale.length > 0 && !process.argv.includes('--write')) process.exitCode = 1;
}
