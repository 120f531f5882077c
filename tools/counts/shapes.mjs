import { dirname } from 'node:path';
import ts from 'typescript';
import { filesBelow, placeOf, readText, walk } from './sources.mjs';

/** Functions with so many positional parameters. Constructors that Nest calls are left out: it fills them by type. */
export function longParameterLists(sources, limit) {
  return sources.flatMap((source) => {
    const found = [];
    walk(source.tree, (node) => {
      if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return;
      if (ts.isConstructorDeclaration(node) && isInjected(node.parent)) return;
      if (node.parameters.length >= limit) found.push(`${placeOf(source, node)}: ${node.parameters.length} parameters`);
    });
    return found;
  });
}

function isInjected(node) {
  return ts.canHaveDecorators(node) && (ts.getDecorators(node) ?? []).length > 0;
}

/** Files with more lines than that: sources and scripts, or tests. */
export function longFiles({ tests }, limit) {
  return ['libs', 'apps', 'test', 'tools', 'bench']
    .flatMap((folder) => filesBelow(folder, /\.(tsx?|mjs)$/))
    .filter((path) => (path.startsWith('test/') || /spec\.ts$/.test(path)) === tests)
    .map((path) => [path, readText(path).split('\n').length - 1])
    .filter(([, lines]) => lines > limit)
    .map(([path, lines]) => `${path}: ${lines} lines`);
}

/** Folders of a package with more sources directly in them than that. */
export function flatFolders(sources, limit) {
  const counts = new Map();
  for (const { path } of sources) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > limit).map(([folder, count]) => `${folder}: ${count} files`);
}
