import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';

const ROOT = join(__dirname, '../..');

it('the protocol works with nothing but what browsers have: no package, no Node module, no global of Node', () => {
  const script = execFileSync(
    join(ROOT, 'node_modules/.bin/esbuild'),
    [
      join(ROOT, 'libs/protocol/src/index.ts'),
      ...['--bundle', '--platform=browser', '--format=iife', '--global-name=protocol'],
    ],
    { encoding: 'utf8' },
  );
  const page = createContext({ TextEncoder, TextDecoder, Uint8Array, DataView });
  runInContext(script, page);
  const run = (code: string): unknown => runInContext(`with (protocol) { ${code} }`, page);
  expect(run(`compareIds('9-0', '10-0') < 0 && parseDuration('1.5s') === 1500 && ERROR_TABLE.INTERNAL.status`)).toBe(
    500,
  );
  expect(run(`splitBinaryFrame(joinBinaryFrame('{"a":"ü"}', new Uint8Array([1, 2]))).text`)).toBe('{"a":"ü"}');
  expect(
    run(`[...cutPair([['a', '1-0', 0], ['a', '1-1', 2]], new Uint8Array(5))].map(({ data }) => data.length)`),
  ).toEqual([2, 3]);
  expect(run(`serverSentEvent({ event: 'row', data: 'x' })`)).toBe('event: row\ndata: x\n\n');
});
