import { join } from 'node:path';
import { importsOf } from '../support/imports-of.js';

const DIST = join(__dirname, '../../libs/core/dist');
const WEB_SOCKETS = ['@nestjs/platform-ws', '@nestjs/websockets', 'ws'];

describe('A host without sockets', () => {
  it.each(['errors/index', 'options/index', 'security/index', 'http/index', 'millrace-core.module'])(
    'loads no WebSocket package by core/%s',
    (entry) => {
      for (const ending of ['js', 'd.ts']) {
        const imports = importsOf(join(DIST, `${entry}.${ending}`));
        expect(imports.filter((name) => WEB_SOCKETS.includes(name))).toEqual([]);
      }
    },
  );

  it('would load one by core/sockets, so the look is a real one', () => {
    expect(importsOf(join(DIST, 'sockets/index.js'))).toEqual(expect.arrayContaining(['@nestjs/platform-ws', 'ws']));
  });
});
