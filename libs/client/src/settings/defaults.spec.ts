import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BATCH_DEFAULTS,
  CONNECT_DEFAULTS,
  PATIENCE_DEFAULTS,
  PULL_DEFAULTS,
  PUSH_DEFAULTS,
  RPC_CONNECTOR_DEFAULTS,
} from './defaults.js';

const CLIENT = join(__dirname, '../..');
const readme = readFileSync(join(CLIENT, 'README.md'), 'utf8');
const { maxAttempts: _ofPatience, ...patience } = PATIENCE_DEFAULTS;

const written = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value));

/** The default that the comment above a property of an interface names. */
function documented(file: string, name: string): string | undefined {
  const text = readFileSync(join(CLIENT, 'src', file), 'utf8');
  const [before] = text.split(new RegExp(`\\n  ${name}\\?: `));
  const [, tag] = /@default (.+?)(?: \*\/|\n)(?:(?!@default)[\s\S])*$/.exec(before ?? '') ?? [];
  return tag?.split(':')[0];
}

/** The rows of the table below a heading: option and default. */
function table(heading: string): Map<string, string> {
  const [, below = ''] = readme.split(heading);
  const [section = ''] = below.split(/^## /m);
  const rows = [...section.matchAll(/^\| `(\w+)` +\| +(?:`(.*?)`)? *\|/gm)];
  return new Map(rows.map(([, name = '', shown = '']) => [name, shown]));
}

const TABLES: [string, string, object][] = [
  ['is below.', 'millrace/millrace-options.ts', CONNECT_DEFAULTS],
  ['is below.', 'link/link-settings.ts', patience],
  ['| option of a push', 'streams/push/push-options.ts', PUSH_DEFAULTS],
  ['| option of a pull', 'streams/pull/pull-options.ts', PULL_DEFAULTS],
  ['## Settings of a connector', 'rpc/connector-options.ts', RPC_CONNECTOR_DEFAULTS],
];

describe('Defaults', () => {
  const cases = TABLES.flatMap(([heading, file, defaults]) =>
    Object.entries(defaults).map(([name, value]) => [name, file, heading, written(value)] as const),
  );

  it.each(cases)('%s of %s is what README and comment say', (name, file, heading, value) => {
    expect(table(heading).get(name)).toBe(value);
    expect(documented(file, name)).toBe(value);
  });

  it.each(Object.entries(BATCH_DEFAULTS))('%s of a batch is what README and comment say', (name, value) => {
    expect(readme).toContain(`${name}: ${written(value)}`);
    expect(documented('streams/push/push-options.ts', name)).toBe(written(value));
  });
});
