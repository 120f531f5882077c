import { builtEntry, importsOf } from '../support/imports-of.js';

const WEB_SOCKETS = ['@nestjs/platform-ws', '@nestjs/websockets', 'ws'];
const OPTIONAL = [...WEB_SOCKETS, '@nestjs/terminus', 'ioredis', 'prom-client'];
const ROOMS = [
  'errors',
  'options',
  'security',
  'http',
  'module',
  'ops',
  'shutdown',
  'documents',
  'contract',
  'statistics',
];

function loaded(entry: string): string[] {
  return importsOf(builtEntry(entry, '.js')).concat(importsOf(builtEntry(entry, '.d.ts')));
}

describe('A host without sockets', () => {
  it.each(['@millrace/auth', '@millrace/accounts', ...ROOMS.map((room) => `@millrace/core/${room}`)])(
    'loads no WebSocket package and no optional one by %s',
    (entry) => {
      expect(loaded(entry).filter((name) => OPTIONAL.includes(name))).toEqual([]);
    },
  );

  it.each([
    ['sockets', '@nestjs/platform-ws'],
    ['redis', 'ioredis'],
    ['health', '@nestjs/terminus'],
    ['metrics', 'prom-client'],
  ])('loads what it needs by core/%s', (room, name) => {
    expect(loaded(`@millrace/core/${room}`)).toContain(name);
  });
});
