// Where each entry of our packages has its source: read from the `exports` of the package.json files.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const checkConfig = join(root, 'tsconfig.check.json');

/** `{ '@millrace/core/errors': 'libs/core/src/errors/index.ts', … }` */
export function entries() {
  const found = {};
  for (const folder of readdirSync(join(root, 'libs'))) {
    const text = read(join(root, 'libs', folder, 'package.json'));
    if (text === undefined) continue;
    const { name, exports } = JSON.parse(text);
    for (const [path, target] of Object.entries(exports)) {
      if (typeof target === 'string') continue;
      const source = target.default.replace(/^\.\/dist\//, `libs/${folder}/src/`).replace(/\.js$/, '.ts');
      found[`${name}${path.slice(1)}`] = source;
    }
  }
  return found;
}

/** The entries as `moduleNameMapper` of Jest. */
export function jestMapper() {
  return Object.fromEntries(
    Object.entries(entries()).map(([name, source]) => [`^${name.replace(/[/.]/g, '\\$&')}$`, `<rootDir>/${source}`]),
  );
}

/** The entries as `paths` of TypeScript. */
export function typeScriptPaths() {
  return Object.fromEntries(Object.entries(entries()).map(([name, source]) => [name, [`./${source}`]]));
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // A folder without a package.json is no package of ours.
    return undefined;
  }
}

// `node tools/entries.mjs --write` puts the entries into tsconfig.check.json.
if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv.includes('--write')) {
  const config = JSON.parse(readFileSync(checkConfig, 'utf8'));
  config.compilerOptions.paths = typeScriptPaths();
  const options = await prettier.resolveConfig(checkConfig);
  writeFileSync(checkConfig, await prettier.format(JSON.stringify(config), { ...options, parser: 'json' }));
}
