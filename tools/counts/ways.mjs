import ts from 'typescript';
import { importsOf } from './imports.mjs';
import { placeOf, walk } from './sources.mjs';

/** Files outside of `home` that import a module: each is a way of its own to do what `home` is there for. */
export function importersOutside(sources, module, home) {
  return sources
    .filter(({ path }) => !home.test(path))
    .filter((source) => importsOf(source).some((name) => name === module || name.startsWith(`${module}/`)))
    .map(({ path }) => path);
}

/** Files outside of `home` whose code holds a text. */
export function textsOutside(sources, text, home) {
  return sources
    .filter((source) => !home.test(source.path))
    .flatMap((source) => {
      const hits = [];
      walk(source.tree, (node) => {
        if (ts.isStringLiteralLike(node) && text.test(node.text)) hits.push(placeOf(source, node));
      });
      return hits;
    });
}

/** Calls of a function, by the name as it stands in the code. */
export function callsOf(sources, name, home = /^$/) {
  return sources
    .filter((source) => !home.test(source.path))
    .flatMap((source) => {
      const hits = [];
      walk(source.tree, (node) => {
        if (ts.isCallExpression(node) && name.test(node.expression.getText(source.tree)))
          hits.push(placeOf(source, node));
      });
      return hits;
    });
}

/** Default values given to an option of this name, by schema or by type. */
export function defaultsOf(sources, option) {
  const values = new Map();
  for (const source of sources) {
    walk(source.tree, (node) => {
      if (!ts.isPropertyAssignment(node) || node.name.getText(source.tree) !== option) return;
      const value = /\d[\d_]*(?: \* [\d_]+)*/.exec(node.initializer.getText(source.tree).replace(/\s+/g, ' '))?.[0];
      if (value) values.set(`${placeOf(source, node)}: ${value}`, value);
    });
  }
  return [...values.keys()];
}
