import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { entries } from '../entries.mjs';
import { ROOT } from './sources.mjs';

/** Names that Nest's `ConfigurableModuleBuilder` gives to what it builds. */
const OF_NEST = new Set(['ConfigurableModuleClass', 'MODULE_OPTIONS_TOKEN', 'OPTIONS_TYPE', 'ASYNC_OPTIONS_TYPE']);

/** Names that files of two packages declare and export. */
export function namesInTwoPackages(sources) {
  const places = new Map();
  for (const source of sources) {
    for (const statement of source.tree.statements) {
      if (!isExported(statement)) continue;
      for (const name of declaredNames(statement)) {
        if (OF_NEST.has(name)) continue;
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
function publicEntries() {
  return Object.entries(entries()).map(([entry, source]) => {
    return { package: entry.split('/').slice(0, 2).join('/'), entry, source };
  });
}

/** Entries that packages share with each other; a host needs none of them. */
const SHARED =
  /^@millrace\/(protocol|files|accounts\/\w+|core\/(errors|options|security|http|sockets|redis|ops|documents|contract|module))$/;

/** Names that packages publish to hosts and to each other, and those that stand for two things. */
export function publicNames() {
  const published = publicEntries();
  const missing = published.filter(({ source }) => !existsSync(join(ROOT, source)));
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.check.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, ROOT);
  const program = ts.createProgram(
    published.map(({ source }) => join(ROOT, source)),
    { ...options, skipLibCheck: true },
  );
  const checker = program.getTypeChecker();
  const meanings = new Map();
  const hosts = new Set();
  const all = new Set();
  for (const { package: owner, entry, source } of published) {
    const file = program.getSourceFile(join(ROOT, source));
    const module = file && checker.getSymbolAtLocation(file);
    if (!module) continue;
    for (const symbol of checker.getExportsOfModule(module)) {
      const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      all.add(`${owner} ${symbol.name}`);
      if (!SHARED.test(entry)) hosts.add(`${owner} ${symbol.name}`);
      if (!meanings.has(symbol.name)) meanings.set(symbol.name, new Map());
      meanings.get(symbol.name).set(real, owner);
    }
  }
  const twice = [...meanings]
    .filter(([, owners]) => new Set(owners.values()).size > 1)
    .map(([name, owners]) => `${name}: ${[...new Set(owners.values())].join(', ')}`)
    .sort();
  const shared = [...all].filter((name) => !hosts.has(name)).sort();
  return {
    hosts: [...hosts].sort(),
    shared,
    twice,
    missing: missing.map(({ entry, source }) => `${entry}: ${source}`),
  };
}
