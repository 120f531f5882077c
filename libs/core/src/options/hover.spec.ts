import { readFileSync } from 'node:fs';
import { join } from 'node:path';

it('keeps the comments of options in the built declarations, where the editors of hosts read them', () => {
  const file = join(__dirname, '../../dist/sockets/millrace-ws-adapter.options.d.ts');
  expect(readFileSync(file, 'utf8')).toMatch(/declare const shape: \{[\s\S]*\/\*\* Pause between pings of one socket/);
});
