import * as published from '@open-rpc/meta-schema';
import { Ajv } from 'ajv';
import type { RunningApplication } from '../support/applications.js';
import { startPlayground } from './support/applications.js';
import { RpcSocket } from './support/rpc-socket.js';

type Method = Record<string, unknown>;

describe('rpc.discover', () => {
  let running: RunningApplication;
  let document: { openrpc: string; info: unknown; methods: Method[] };
  beforeAll(async () => {
    running = await startPlayground({ version: { major: 1, minor: 2, patch: 3 }, info: { title: 'Playground' } });
    const socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
    document = (await socket.call('rpc.discover'))['result'] as typeof document;
    await socket.close();
  });
  afterAll(() => running.close());

  it('rpc#S43: is valid against the meta-schema', () => {
    const { $schema: _, ...metaSchema } = (published as unknown as Record<'openrpcDocument', Record<string, unknown>>)
      .openrpcDocument;
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    // The schemas of methods are JSON Schemas; their own meta-schema is draft 7 under another name.
    const schemaOfSchemas = {
      allOf: [{ $ref: 'http://json-schema.org/draft-07/schema#' }],
      definitions: { JSONSchemaObject: { properties: { $ref: { type: 'string' } } } },
    };
    for (const id of ['https://meta.json-schema.tools', 'https://meta.json-schema.tools/']) {
      ajv.addSchema({ $id: id, ...schemaOfSchemas });
    }
    const valid = ajv.validate(metaSchema, document);
    expect(ajv.errors).toBeNull();
    expect(valid).toBe(true);
    expect(ajv.validate(metaSchema, { ...document, surplus: 1 })).toBe(false);
  });

  it('rpc#S43: lists what registry lists, with params by name and by position', () => {
    const subtract = document.methods.find(({ name }) => name === 'subtract');
    expect(subtract).toMatchObject({
      paramStructure: 'either',
      params: [
        { name: 'minuend', required: true, schema: { type: 'number' } },
        { name: 'subtrahend', required: true, schema: { type: 'number' } },
      ],
      result: { schema: { type: 'number' } },
      'x-plugin': 'Playground',
    });
    const slow = document.methods.find(({ name }) => name === 'slow');
    expect(slow).toMatchObject({ 'x-async': true, errors: [{ code: 20 }] });
    expect(document.info).toEqual({ title: 'Playground', version: '1.2.3' });
  });
});
