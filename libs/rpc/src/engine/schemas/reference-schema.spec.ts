import { z } from 'zod';
import { deriveSchema } from './derive-schema.js';
import { toReferenceSchema } from './reference-schema.js';

describe('Schemas the reference client can read (rpc§8.1)', () => {
  it('writes nullable and lists of types as oneOf', () => {
    expect(toReferenceSchema({ type: ['string', 'null'], description: 'x', maxLength: 5 })).toEqual({
      description: 'x',
      oneOf: [
        { type: 'string', maxLength: 5 },
        { type: 'null', maxLength: 5 },
      ],
    });
  });

  it('keeps examples, for forms that are made of it', async () => {
    const schema = z.object({ target: z.number().meta({ examples: [20] }) });
    expect(await deriveSchema(schema, 'input')).toMatchObject({ properties: { target: { examples: [20] } } });
  });

  it('inlines references, and ends those that refer to themselves', () => {
    const schema = {
      $ref: '#/definitions/node',
      definitions: { node: { type: 'object', properties: { next: { $ref: '#/definitions/node' } } } },
    };
    expect(toReferenceSchema(schema)).toEqual({ type: 'object', properties: { next: {} } });
  });

  it('never says additionalProperties true, an empty required, or items as a list', () => {
    const schema = {
      type: 'object',
      required: [],
      additionalProperties: true,
      properties: { pair: { type: 'array', items: [{ type: 'number' }, { type: 'string' }], maxItems: 2 } },
    };
    expect(toReferenceSchema(schema)).toEqual({
      type: 'object',
      properties: { pair: { type: 'array', items: { oneOf: [{ type: 'number' }, { type: 'string' }] }, maxItems: 2 } },
    });
  });

  it('says of a tuple with a rest what all its places may hold', async () => {
    const items = { oneOf: [{ type: 'string' }, { type: 'number' }] };
    expect(await deriveSchema(z.tuple([z.string()]).rest(z.number()), 'input')).toMatchObject({ type: 'array', items });
    expect(
      toReferenceSchema({ type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'number' } }),
    ).toMatchObject({ items });
  });

  it('does not call params read-only which only the code may not change', async () => {
    const schema = z.object({ name: z.string().readonly(), tags: z.array(z.string()).readonly() });
    expect(await deriveSchema(schema, 'input')).toEqual({
      type: 'object',
      properties: { name: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } } },
      required: ['name', 'tags'],
    });
  });

  it('joins the parts of allOf', () => {
    const schema = {
      allOf: [
        { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
        { type: 'object', properties: { b: { type: 'integer' } }, required: ['b'] },
      ],
    };
    expect(toReferenceSchema(schema)).toEqual({
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'integer' } },
      required: ['b', 'a'],
    });
  });

  it('takes the schemas of zod, and leaves the bounds of safe integers out', async () => {
    const schema = z.object({
      count: z.int(),
      mode: z.enum(['a', 'b']).default('a'),
      tags: z.record(z.string(), z.string()),
    });
    expect(await deriveSchema(schema, 'input')).toEqual({
      type: 'object',
      properties: {
        count: { type: 'integer' },
        mode: { type: 'string', enum: ['a', 'b'], default: 'a' },
        tags: { type: 'object', additionalProperties: { type: 'string' } },
      },
      required: ['count', 'tags'],
    });
  });

  it('describes what has no JSON form as anything', async () => {
    expect(await deriveSchema(z.object({ when: z.date() }), 'input')).toMatchObject({ properties: { when: {} } });
    const other = { '~standard': { version: 1 as const, vendor: 'other', validate: (value: unknown) => ({ value }) } };
    expect(await deriveSchema(other, 'input')).toEqual({});
  });
});
