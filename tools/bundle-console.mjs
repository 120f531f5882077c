// Makes the pages of the console: `node tools/bundle-console.mjs [folder]`. The names of the files change with what is in them,
// so that browsers may keep them; `manifest.json` says which there are.
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const pages = join(root, 'libs/console/page');
const folder = process.argv[2] ?? join(root, 'libs/console/dist/page');

rmSync(folder, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: { console: join(pages, 'main.tsx') },
  outdir: folder,
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  alias: {
    '@millrace/client/browser': join(root, 'libs/client/src/browser/index.ts'),
    '@millrace/protocol': join(root, 'libs/protocol/src/index.ts'),
  },
  jsx: 'automatic',
  jsxImportSource: 'preact',
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'],
  metafile: true,
  logLevel: 'warning',
});

const outputs = Object.entries(metafile.outputs);
const nameOf = (path) => basename(path);
const [script, { cssBundle }] = outputs.find(([, { entryPoint }]) => entryPoint?.endsWith('page/main.tsx'));

/** What a script cannot run without: the others are loaded when a page asks for them. */
function neededBy(path, found = new Set()) {
  for (const { path: needed, kind } of metafile.outputs[path].imports) {
    if (kind !== 'import-statement' || found.has(needed)) continue;
    found.add(needed);
    neededBy(needed, found);
  }
  return [...found];
}

const svg = readFileSync(join(pages, 'icon.svg'));
const icon = `icon-${createHash('sha256').update(svg).digest('hex').slice(0, 8).toUpperCase()}.svg`;
writeFileSync(join(folder, icon), svg);
const manifest = {
  script: nameOf(script),
  preload: neededBy(script).map(nameOf).sort(),
  style: nameOf(cssBundle),
  icon,
  files: [...outputs.map(([path]) => nameOf(path)), icon].sort(),
};
writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
