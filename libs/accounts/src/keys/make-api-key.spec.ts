import { inspect } from 'node:util';
import { AccountError } from '../account.error.js';
import { makeApiKey } from './make-api-key.js';

const good = { name: 'weather', scopes: ['streams:write:weather'] };

describe('A new API key', () => {
  it('goes to its holder whole, and leaves no secret in what is kept', () => {
    const { created, stored } = makeApiKey({ ...good, expires: '90d' }, Date.parse('2026-06-01T12:00:00Z'));
    const { hash, ...record } = stored;
    expect(created.record).toEqual(record);
    expect(record).toEqual({
      id: created.key.slice(3, 15),
      name: 'weather',
      scopes: ['streams:write:weather'],
      created: '2026-06-01T12:00:00.000Z',
      expires: '2026-08-30T12:00:00.000Z',
      lastUsed: null,
    });
    expect(JSON.stringify(stored)).not.toContain(created.key.slice(16));
    expect(hash).toMatch(/^[\w-]{43}$/);
  });

  it('stands in no string form of what its maker gets', () => {
    const { created } = makeApiKey(good);
    const secret = created.key.slice(16);
    const forms = [
      inspect(created, { depth: null, showHidden: true, getters: true }),
      JSON.stringify(created),
      Object.prototype.toString.call(created),
      JSON.stringify({ ...created }),
      JSON.stringify(Object.entries(created)),
    ];
    for (const form of forms) expect(form).not.toContain(secret);
  });

  it.each([
    ['an empty name', { ...good, name: '' }],
    ['a name with a line feed', { ...good, name: 'a\nb' }],
    ['a name with a space at its end', { ...good, name: 'a ' }],
    ['a name without end', { ...good, name: 'a'.repeat(201) }],
    ['no scope', { ...good, scopes: [] }],
    ['a scope with a space', { ...good, scopes: ['a b'] }],
    ['an empty scope', { ...good, scopes: ['*', ''] }],
    ['a scope without end', { ...good, scopes: ['a'.repeat(1025)] }],
    ['scopes without end', { ...good, scopes: Array.from({ length: 101 }, (_, index) => `a${index}`) }],
    ['an expiry that is past', { ...good, expires: new Date(0) }],
    ['an expiry that is no time', { ...good, expires: new Date(NaN) }],
    ['an expiry that cannot be read', { ...good, expires: 'soon' }],
  ])('cannot have %s', (_name, key) => {
    expect(() => makeApiKey(key)).toThrow(AccountError);
  });

  it('never runs out unless told so', () => {
    expect(makeApiKey(good).stored.expires).toBeNull();
    expect(makeApiKey({ ...good, expires: null }).stored.expires).toBeNull();
  });
});
