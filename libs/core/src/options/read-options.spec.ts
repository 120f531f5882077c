import { z } from 'zod';
import { parseDuration } from '@millrace/protocol';
import { durationSchema } from './units.js';
import { defineOptions, OptionsError } from './define-options.js';

const OPTIONS = defineOptions('TestModule', {
  ttl: durationSchema.default(1000),
  retention: z.strictObject({ maxLength: z.number().int().positive() }).optional(),
});

describe('Reading options', () => {
  it('fills in defaults', () => {
    expect(OPTIONS.read(undefined)).toEqual({ ttl: 1000 });
    expect(OPTIONS.read({ ttl: '5m' })).toEqual({ ttl: 300_000 });
  });

  it.each([
    [{ retention: { maxLength: 0 } }, 'TestModule: option "retention.maxLength" must be above 0, not 0'],
    [{ ttl: 'soon' }, 'TestModule: option "ttl" is "soon"; give milliseconds, or text such as "250ms"'],
    [{ tll: 1 }, 'TestModule: option "tll" is not known; did you mean "ttl"?'],
    [{ retention: { maxLenght: 1, maxLength: 1 } }, 'option "retention.maxLenght" is not known'],
  ])('names the bad option of %j', (options, message) => {
    expect(() => OPTIONS.read(options)).toThrow(OptionsError);
    expect(() => OPTIONS.read(options)).toThrow(message);
  });

  it.each([
    ['250ms', 250],
    ['1.5s', 1500],
    ['2h', 7_200_000],
    ['30d', 2_592_000_000],
    [20, 20],
    [-1, undefined],
    ['5 weeks', undefined],
    [Number.NaN, undefined],
    [`${'9'.repeat(400)}d`, undefined],
    ['1e3', undefined],
    ['1e3s', undefined],
  ])('reads the duration %p', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });
});
