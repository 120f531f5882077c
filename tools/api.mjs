// Reports what each entry of the packages exports, with signatures: libs/<package>/etc/<entry>.api.md.
//
//   npm run build && npm run api:check     fails where an export differs from its report
//   npm run build && npm run api           writes the reports anew; the difference is part of the review
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { entries } from './entries.mjs';

const ROOT = join(import.meta.dirname, '..');
const write = process.argv.includes('--write');
const temporary = mkdtempSync(join(tmpdir(), 'millrace-api-'));
const silent = { default: { logLevel: ExtractorLogLevel.None } };

/** The report of one entry, as text. */
function report(folder, types) {
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: types,
      compiler: { tsconfigFilePath: join(folder, 'tsconfig.lib.json') },
      apiReport: {
        enabled: true,
        reportFolder: temporary,
        reportTempFolder: temporary,
        reportFileName: 'report.api.md',
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: silent,
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
  });
  Extractor.invoke(config, { localBuild: true, messageCallback: (message) => (message.handled = true) });
  const file = join(temporary, 'report.api.md');
  // Whether a member has a comment is no matter of its signature.
  const text = readFileSync(file, 'utf8').replace(/^ *\/\/ \(undocumented\)\n/gm, '');
  rmSync(file);
  return text;
}

const expected = new Set();
const different = [];
for (const [name, source] of Object.entries(entries())) {
  const [, library, inside] = /^libs\/([^/]+)\/src\/(.*)\.ts$/.exec(source);
  const folder = join(ROOT, 'libs', library);
  const types = join(folder, 'dist', `${inside}.d.ts`);
  if (!existsSync(types)) {
    console.error(`${relative(ROOT, types)} is not there: run npm run build first`);
    process.exit(2);
  }
  const entry = name.split('/').slice(2).join('-') || 'index';
  const file = join(folder, 'etc', `${entry}.api.md`);
  expected.add(file);
  const text = report(folder, types);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  different.push(relative(ROOT, file));
  if (!write) continue;
  mkdirSync(join(folder, 'etc'), { recursive: true });
  writeFileSync(file, text);
}
for (const library of readdirSync(join(ROOT, 'libs'))) {
  const folder = join(ROOT, 'libs', library, 'etc');
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (expected.has(join(folder, name))) continue;
    different.push(relative(ROOT, join(folder, name)));
    if (write) rmSync(join(folder, name));
  }
}
rmSync(temporary, { recursive: true });

if (different.length > 0) {
  console.log(different.map((file) => `${write ? 'written' : 'differs'}: ${file}`).join('\n'));
  if (!write) {
    console.error(
      '\nExports differ from their reports. `npm run api` writes them; look at the difference, and commit it.',
    );
    process.exit(1);
  }
}
