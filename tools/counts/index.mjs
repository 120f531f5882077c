// Counts what should be one or none in this house, and fails where a count is above its limit.
//
//   node tools/counts/index.mjs            a line for each count; exit code 1 when one is above its limit
//   node tools/counts/index.mjs names      the places of one count
//   node tools/counts/index.mjs --report   never fails
import { circlesOfImports } from './imports.mjs';
import { LIMITS } from './limits.mjs';
import { namesInTwoPackages, publicNames } from './names.mjs';
import { flatFolders, longFiles, longParameterLists } from './shapes.mjs';
import { readSources } from './sources.mjs';
import { callsOf, defaultsOf, importersOutside, textsOutside } from './ways.mjs';
import { hardWords, pictureNames } from './words.mjs';

const PARAMETERS = 6;
const LINES = 300;
const LINES_OF_TESTS = 500;
const FILES_IN_A_FOLDER = 20;

const sources = readSources();
const libraries = sources.filter(({ path }) => path.startsWith('libs/'));
/** Pages export names to each other alone. */
const packaged = libraries.filter(({ path }) => path.split('/')[2] === 'src');
const published = publicNames();

/** What is counted, as the places found. */
const COUNTS = {
  names: ['exported names that two packages declare', () => namesInTwoPackages(packaged)],
  'public-names': ['public names for hosts', () => published.hosts],
  'shared-names': ['names that only packages share with each other', () => published.shared],
  'public-twice': ['public names that mean two things', () => published.twice],
  entries: ['entries of packages without a source', () => published.missing],
  circles: ['circles of imports, types included', () => circlesOfImports(sources)],
  parameters: [`functions with ${PARAMETERS} and more parameters`, () => longParameterLists(sources, PARAMETERS)],
  lines: [`sources of more than ${LINES} lines`, () => longFiles({ tests: false }, LINES)],
  'test-lines': [`tests of more than ${LINES_OF_TESTS} lines`, () => longFiles({ tests: true }, LINES_OF_TESTS)],
  folders: [`folders of more than ${FILES_IN_A_FOLDER} files`, () => flatFolders(sources, FILES_IN_A_FOLDER)],
  words: ['hard words in pages, comments and texts', () => hardWords(sources)],
  pictures: ['names that are pictures', () => pictureNames(sources)],
  'buffer-defaults': ['defaults of maxBufferedBytes', () => defaultsOf(sources, 'maxBufferedBytes')],
  redis: [
    'files outside core/redis that import ioredis, which BullMQ asks for',
    () => importersOutside(sources, 'ioredis', /core\/src\/redis\/|connector\/src\/client\/outbox\/bullmq\//),
  ],
  terminus: [
    'files outside core/health that import terminus',
    () => importersOutside(libraries, '@nestjs/terminus', /core\/src\/health\//),
  ],
  'prom-client': [
    'files outside core/metrics that import prom-client',
    () => importersOutside(libraries, 'prom-client', /core\/src\/metrics\//),
  ],
  'event-streams': [
    'files of servers outside core/http that write "text/event-stream"',
    () =>
      textsOutside(libraries, /^text\/event-stream/, /core\/src\/(http|documents)\/|libs\/(client|protocol)\/|openapi/),
  ],
  options: [
    'calls that check options by hand, outside core/options',
    () => callsOf(libraries, /^[A-Z_a-z.]*[sS]chema\.(safeParse|parse)$/, /core\/src\/options\//),
  ],
};

const [asked, ...others] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
if (others.length > 0 || (asked && !COUNTS[asked])) {
  console.error(`Name one count of ${Object.keys(COUNTS).join(', ')}, or none`);
  process.exit(2);
}
if (asked) {
  console.log(COUNTS[asked][1]().join('\n'));
  process.exit(0);
}

let above = 0;
for (const [name, [what, find]] of Object.entries(COUNTS)) {
  const count = find().length;
  const limit = LIMITS[name];
  const remark = count > limit ? `above the limit of ${limit}` : count < limit ? `limit ${limit}: lower it` : '';
  if (count > limit) above++;
  console.log(`${String(count).padStart(5)}  ${name.padEnd(16)} ${what}${remark && `   <-- ${remark}`}`);
}
const lines = sources.reduce((sum, { text }) => sum + text.split('\n').length - 1, 0);
console.log(`${String(sources.length).padStart(5)}  files of sources, ${lines} lines`);
if (above > 0 && !process.argv.includes('--report')) {
  console.error('\nnode tools/counts/index.mjs <name> lists the places of a count.');
  process.exit(1);
}
