import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';

export const ROOT = join(import.meta.dirname, '../..');

const SKIPPED = new Set(['node_modules', 'dist', 'coverage', '.git']);

/** Files below a folder whose names match, as paths relative to the root with `/` between their parts. */
export function filesBelow(folder, name) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => !SKIPPED.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path, name);
      return name.test(entry.name) ? [relative('.', path).split(sep).join('/')] : [];
    })
    .sort();
}

export const readText = (path) => readFileSync(join(ROOT, path), 'utf8');

const TEST = /spec\.tsx?$/;

/** The sources of packages and applications, parsed; tests are left out. */
export function readSources() {
  return ['libs', 'apps']
    .flatMap((folder) => filesBelow(folder, /\.tsx?$/))
    .filter((path) => /^(libs|apps)\/[^/]+\/(src|page)\//.test(path) && !TEST.test(path))
    .map((path) => {
      const text = readText(path);
      const [, place, name] = /^(libs|apps)\/([^/]+)\//.exec(path);
      const tree = ts.createSourceFile(join(ROOT, path), text, ts.ScriptTarget.Latest, true);
      return { path, text, tree, package: place === 'libs' ? `@millrace/${name}` : name };
    });
}

/** `file:line` of a node. */
export function placeOf({ path, tree }, node) {
  return `${path}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`;
}

/** Calls `visit` for each node of a tree. */
export function walk(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}
