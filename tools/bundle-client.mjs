// Makes the client one file that a page loads as it is, without a bundler: `node tools/bundle-client.mjs [folder]`.
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const folder = process.argv[2] ?? join(root, 'libs/client/dist');

await build({
  entryPoints: [join(root, 'libs/client/src/browser/index.ts')],
  outfile: join(folder, 'standalone.js'),
  alias: { '@millrace/protocol': join(root, 'libs/protocol/src/index.ts') },
  bundle: true,
  minifySyntax: true,
  minifyWhitespace: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  sourcemap: 'linked',
  logLevel: 'warning',
});
