import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesBelow, ROOT } from './repository-files.js';

const PAGES = filesBelow('.', /\.md$/).filter((path) => !path.endsWith('.api.md'));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Targets of links to files of the repository, without their anchors. */
function targetsOf(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target.replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target));
}

describe('Links of the documentation', () => {
  it.each(PAGES)('%s links to files that exist', (page) => {
    const missing = targetsOf(read(page)).filter((target) => !existsSync(join(ROOT, dirname(page), target)));
    expect(missing).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  const text = read('docs/architecture.md');

  it('names every file by a link', () => {
    const named = [...text.matchAll(/(?<![\w./-])[\w-]+\/[\w./-]+\.ts(?![\w)])/g)].map(([name]) => name);
    const linked = [...text.matchAll(/\[([\w./-]+\.ts)\]\(\.\.\/libs\/([\w./-]+)\)/g)].map(
      ([, name = '', path = '']) => [name, path.replace('/src/', '/')],
    );
    expect(named.filter((name) => !linked.some(([shown]) => shown === name))).toEqual([]);
    expect(linked.filter(([shown, path]) => shown !== path)).toEqual([]);
  });

  it('shows every package', () => {
    const packages = filesBelow('libs', /^package\.json$/).map((path) => path.split('/')[1] ?? '');
    expect(packages.filter((name) => !text.includes(name))).toEqual([]);
  });
});
