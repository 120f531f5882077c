import fc from 'fast-check';
import { scopeCovers } from '@millrace/core/security';
import { fillScope } from './required-scopes.js';

describe('Filling a scope from parameters', () => {
  it.each([
    ['streams:admin', {}, ['streams:admin']],
    ['streams:read:{id}', { id: 'a' }, ['streams:read:a']],
    ['streams:read:{id}', { id: 'a+b' }, ['streams:read:a', 'streams:read:b']],
    ['streams:read:{id}', { id: '{id}' }, ['streams:read:{id}']],
    ['streams:read:{id}', {}, ['streams:read']],
    ['streams:read:{id}', { id: '' }, ['streams:read']],
    ['x:y:{a}/{b}', { a: '{b}+1', b: '2' }, ['x:y:{b}/2', 'x:y:1/2']],
    ['x:y:{a}/{b}', { a: '1' }, ['x:y']],
  ])('%s with %j: %j', (template, params, expected) => {
    expect(fillScope(template, params)).toEqual(expected);
  });

  it('a scope for one name never covers another, whatever the names', () => {
    const name = fc.string({ minLength: 1 }).filter((text) => !text.includes('*'));
    fc.assert(
      fc.property(name, name, (held, asked) => {
        const needed = fillScope('streams:read:{id}', { id: asked });
        const covered = needed.every((scope) => scopeCovers(`streams:read:${held}`, scope));
        expect(covered).toBe(asked.split('+').every((part) => part === held));
      }),
    );
  });
});
