import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import base from './jest.config.mjs';

// test/support/soak.ts reads it, in this process and in Jest's workers.
process.env.MILLRACE_SOAK = 'on';

/** Runs in full in `npm test`; here its cluster would have replicas, and nothing else would differ. */
const NOT_AGAIN = join('test', 'redis', 'contracts.e2e-spec.ts');

/** What a suite uses that is longer here than in `npm test`, or comes in processes of its own. */
const LONGER_HERE = /\b(scaled\(|HTTP_ADAPTERS\b|SETUPS\b|new Millrace\(|describeOnEach\w+\(|\w*TOPOLOGIES\b)/;

const suites = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((name) => join('test', name))
  .filter((path) => path !== NOT_AGAIN)
  .filter((path) => path.endsWith('soak-spec.ts') || (path.endsWith('spec.ts') && isLonger(path)));

function isLonger(path) {
  return LONGER_HERE.test(readFileSync(path, 'utf8'));
}

const { testRegex: _all, ...settings } = base;

export default {
  ...settings,
  testMatch: suites.map((path) => `<rootDir>/${path}`),
};
