import { z } from 'zod';
import { defineOptions } from './define-options.js';
import { bytesSchema, countSchema, durationSchema, timeoutSchema } from './units.js';
import { secret, withUnit } from './option-meta.js';

const shape = {
  directory: z.string().min(1),
  timeout: timeoutSchema.default(90_000),
  pause: durationSchema.prefault('2h'),
  sameSite: z.enum(['strict', 'lax']).default('lax'),
  names: z.array(z.string().min(1)).default([]),
  size: withUnit(z.number().int().nonnegative(), 'bytes').default(1500),
  password: secret(z.string().min(8)).optional(),
  credential: secret(z.string().min(8)).optional(),
  url: z.string().startsWith('redis:', 'give a URL that begins with redis:').optional(),
  limits: { maxBytes: bytesSchema.default(16 * 1024 * 1024), maxNames: countSchema.default(1000) },
  cookie: z.union([z.literal(false), z.strictObject({ secure: z.boolean().default(true) })]).prefault({}),
  store: z.custom<object>((value) => typeof value === 'object', 'give memoryStore()').optional(),
};
const OPTIONS = defineOptions('TestModule', shape);
const given =
  (options: object): (() => unknown) =>
  () =>
    OPTIONS.read({ directory: 'data', ...options });

describe('defineOptions', () => {
  it('reads what was given and fills in the defaults', () => {
    expect(OPTIONS.read({ directory: 'data', limits: { maxNames: 3 } })).toEqual({
      directory: 'data',
      timeout: 90_000,
      pause: 7_200_000,
      sameSite: 'lax',
      names: [],
      size: 1500,
      limits: { maxBytes: 16_777_216, maxNames: 3 },
      cookie: { secure: true },
    });
  });

  it('lists every option with its default as people write it', () => {
    expect(OPTIONS.rows().map((row) => [row.path.join('.'), row.default, row.required])).toEqual([
      ['directory', undefined, true],
      ['timeout', '90 s', false],
      ['pause', '2 h', false],
      ['sameSite', "`'lax'`", false],
      ['names', 'none', false],
      ['size', '1,500', false],
      ['password', undefined, false],
      ['credential', undefined, false],
      ['url', undefined, false],
      ['limits.maxBytes', '16 MiB', false],
      ['limits.maxNames', '1,000', false],
      ['cookie', undefined, false],
      ['cookie.secure', '`true`', false],
      ['store', undefined, false],
    ]);
  });

  it.each<[object, string]>([
    [{ directory: undefined }, 'option "directory" is missing: it must be a string'],
    [{ directory: '' }, 'option "directory" must have at least 1 character, not ""'],
    [{ limits: { maxNames: 1.5 } }, 'option "limits.maxNames" must be a whole number, not 1.5'],
    [{ limits: { maxNames: 0 } }, 'option "limits.maxNames" must be above 0, not 0'],
    [{ limits: { maxName: 1 } }, 'option "limits.maxName" is not known; did you mean "maxNames"?'],
    [{ limits: { something: 1 } }, 'option "limits.something" is not known; known are maxBytes, maxNames'],
    [{ sameSite: 'none' }, 'option "sameSite" must be "strict" or "lax", not "none"'],
    [{ timeout: 0 }, 'option "timeout" must be above 0, not 0'],
    [{ timeout: 'soon' }, 'option "timeout" is "soon"; give milliseconds'],
    [{ timeout: true }, 'option "timeout" must be a number or a string, not true'],
    [{ names: ['a', 3] }, 'option "names.1" must be a string, not 3'],
    [{ cookie: { secure: 'yes' } }, 'option "cookie.secure" must be a boolean, not "yes"'],
    [{ cookie: { secur: true } }, 'option "cookie.secur" is not known; did you mean "secure"?'],
    [{ store: 3 }, 'option "store" is 3; give memoryStore()'],
  ])('says of %j what is accepted', (options, message) => {
    expect(given(options)).toThrow(`TestModule: ${message}`);
  });

  it('shows no secret: neither a marked one, nor one by its name, nor a login in a URL', () => {
    expect(given({ password: 'hunter2' })).toThrow(/option "password" must have at least 8 characters$/);
    expect(given({ credential: 'hunter2' })).toThrow(/option "credential" must have at least 8 characters$/);
    expect(given({ url: 'http://me:hunter2@host/' })).toThrow('option "url" is "http://host/"; give a URL');
    expect(given({ url: 'http://me:hunt/er@2 @host/' })).toThrow('option "url" is "http://host/"; give a URL');
    expect(given({ url: 'me:hunter2@host' })).toThrow('option "url" is "host"; give a URL');
  });

  it('shows no text that stands in the place of an object or a list: it may be the secret that belongs into it', () => {
    const keys = defineOptions('AuthModule', { jwt: { keys: z.array(z.strictObject({ secret: z.string() })) } });
    const read = (jwt: unknown) => () => keys.read({ jwt });
    expect(read('hunter2')).toThrow(/option "jwt" must be an object, not text$/);
    expect(read({ keys: 'hunter2' })).toThrow(/option "jwt.keys" must be an array, not text$/);
    expect(read({ keys: ['hunter2'] })).toThrow(/option "jwt.keys.0" must be an object, not text$/);
  });
});
