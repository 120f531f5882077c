import { hasScope, scopeCovers } from './scopes.js';

describe('Scopes', () => {
  it.each([
    ['*', 'streams:read:camera', true],
    ['streams', 'streams:read:camera', true],
    ['streams:read', 'streams:read:camera', true],
    ['streams:read:camera', 'streams:read:camera', true],
    ['streams:read:camera*', 'streams:read:camera-2', true],
    ['streams:read:*:id', 'streams:read:event:recording:id', true],
    ['streams:*:camera', 'streams:write:camera', true],
    ['streams:admin', 'streams:delete:camera', true],
    ['streams:admin:cam*', 'streams:write:camera', true],
    ['streams:read', 'streams:write:camera', false],
    ['streams:read:camera', 'streams:read:camera-2', false],
    ['streams:read:camera*', 'streams:read:depth', false],
    ['streams:admin:cam*', 'streams:write:depth', false],
    ['rpc', 'streams:read:camera', false],
    ['streams:read:camera', 'streams:read', false],
    ['', 'streams:read', false],
    ['streams:read:a*b*c', 'streams:read:axxbxxc', true],
    ['streams:read:a*b*c', 'streams:read:acb', false],
    ['streams:read:ab*ba', 'streams:read:aba', false],
  ])('%s covers %s: %s', (granted, required, covers) => {
    expect(scopeCovers(granted, required)).toBe(covers);
    expect(hasScope(['nothing', granted], required)).toBe(covers);
  });

  it('takes linear time for a hostile pattern', () => {
    expect(scopeCovers(`a:b:${'a*'.repeat(5000)}b`, `a:b:${'a'.repeat(50_000)}`)).toBe(false);
  });
});
