import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT, filesBelow, readText } from './sources.mjs';

/** Names that files of two packages declare and export. */
export function namesInTwoPackages(sources) {
  const places = new Map();
  for (const source of sources) {
    for (const statement of source.tree.statements) {
      if (!isExported(statement)) continue;
      for (const name of declaredNames(statement)) {
        if (!places.has(name)) places.set(name, new Map());
        places.get(name).set(source.package, source.path);
      }
    }
  }
  return [...places]
    .filter(([, found]) => found.size > 1)
    .map(([name, found]) => `${name}: ${[...found.values()].join(', ')}`)
    .sort();
}

function isExported(statement) {
  return ts.canHaveModifiers(statement)
    ? (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    : false;
}

function declaredNames(statement) {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name) ? [name.text] : name.elements.map((element) => element.name.text),
    );
  }
  return statement.name ? [statement.name.text] : [];
}

/** Entries of the published packages: `@millrace/core/errors` and its source. */
export function publicEntries() {
  return filesBelow('libs', /^package\.json$/)
    .filter((path) => path.split('/').length === 3)
    .flatMap((path) => {
      const folder = path.slice(0, -'/package.json'.length);
      const { name, exports } = JSON.parse(readText(path));
      return Object.entries(exports)
        .map(([key, target]) => [key, typeof target === 'string' ? target : (target.types ?? target.default)])
        .filter(([, target]) => typeof target === 'string' && target.endsWith('.d.ts'))
        .map(([key, target]) => {
          const source = join(folder, target.replace(/^\.\/dist\//, 'src/').replace(/\.d\.ts$/, '.ts'));
          return { package: name, entry: name + key.slice(1), source: source.split('\\').join('/') };
        });
    });
}

/** Names that packages publish: how many there are, and those that stand for two things. */
export function publicNames() {
  const entries = publicEntries();
  const missing = entries.filter(({ source }) => !existsSync(join(ROOT, source)));
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.check.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, ROOT);
  const program = ts.createProgram(
    entries.map(({ source }) => join(ROOT, source)),
    { ...options, skipLibCheck: true },
  );
  const checker = program.getTypeChecker();
  const meanings = new Map();
  const all = new Set();
  for (const { package: owner, source } of entries) {
    const file = program.getSourceFile(join(ROOT, source));
    const module = file && checker.getSymbolAtLocation(file);
    if (!module) continue;
    for (const symbol of checker.getExportsOfModule(module)) {
      const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      all.add(`${owner} ${symbol.name}`);
      if (!meanings.has(symbol.name)) meanings.set(symbol.name, new Map());
      meanings.get(symbol.name).set(real, owner);
    }
  }
  const twice = [...meanings]
    .filter(([, owners]) => new Set(owners.values()).size > 1)
    .map(([name, owners]) => `${name}: ${[...new Set(owners.values())].join(', ')}`)
    .sort();
  return { all: [...all].sort(), twice, missing: missing.map(({ entry, source }) => `${entry}: ${source}`) };
}
