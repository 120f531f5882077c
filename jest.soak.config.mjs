import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import base from './jest.config.mjs';

// test/support/soak.ts reads it, in this process and in Jest's workers.
process.env.MILLRACE_SOAK = 'on';

/**
 * What a suite uses that is longer here than in `npm test`, or runs on Express. Not the kinds of Redis alone: their
 * cluster has replicas here, which serve nothing while no master fails.
 */
const LONGER_HERE = /\b(scaled\(|HTTP_ADAPTERS\b|SETUPS\b|describeOnEach\w+\()/;

/** Suites about the command, which runs in processes of its own here. */
const OF_THE_COMMAND = join('test', 'cli');
const RUNS_THE_COMMAND = /\bnew Millrace\(/;

const suites = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((name) => join('test', name))
  .filter((path) => path.endsWith('soak-spec.ts') || (path.endsWith('spec.ts') && isLonger(path)));

function isLonger(path) {
  const text = readFileSync(path, 'utf8');
  return LONGER_HERE.test(text) || (path.startsWith(OF_THE_COMMAND) && RUNS_THE_COMMAND.test(text));
}

const { testRegex: _all, ...settings } = base;

export default {
  ...settings,
  testMatch: suites.map((path) => `<rootDir>/${path}`),
};
