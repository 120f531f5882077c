import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

/** What a file imports or exports from, imports of types included. */
export function importsOf({ tree }) {
  const found = [];
  const visit = (node) => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      found.push(node.moduleSpecifier.text);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      if (node.arguments[0] && ts.isStringLiteral(node.arguments[0])) found.push(node.arguments[0].text);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      found.push(node.argument.literal.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** Circles of imports, imports of types included: each as the files on it. */
export function circlesOfImports(sources) {
  const known = new Set(sources.map(({ path }) => path));
  const graph = new Map(
    sources.map((source) => [
      source.path,
      importsOf(source)
        .filter((target) => target.startsWith('.'))
        .map((target) => normalize(join(dirname(source.path), target.replace(/\.js$/, '.ts'))))
        .filter((target) => known.has(target)),
    ]),
  );
  return components(graph)
    .filter((files) => files.length > 1)
    .map((files) => files.sort().join(' '))
    .sort();
}

/** Strongly connected components (Tarjan). */
function components(graph) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const onStack = new Set();
  const found = [];
  const connect = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    stack.push(node);
    onStack.add(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) {
        connect(next);
        low.set(node, Math.min(low.get(node), low.get(next)));
      } else if (onStack.has(next)) low.set(node, Math.min(low.get(node), index.get(next)));
    }
    if (low.get(node) !== index.get(node)) return;
    const component = [];
    let last;
    do {
      last = stack.pop();
      onStack.delete(last);
      component.push(last);
    } while (last !== node);
    found.push(component);
  };
  for (const node of graph.keys()) if (!index.has(node)) connect(node);
  return found;
}
