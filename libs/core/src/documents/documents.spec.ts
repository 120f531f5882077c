import {
  answer,
  answers,
  arrayOf,
  asyncApiDocument,
  BEARER,
  OPEN,
  OPTIONAL_BEARER,
  openApiDocument,
  operation,
  pathParameter,
  queryParameter,
  ref,
  requestBody,
  type SocketDocs,
  TEXT,
} from './index.js';

describe('An OpenAPI document', () => {
  it('has the security schemes of its modules, and lets those in by each that brings the token', () => {
    const open = operation({ tag: 'a', summary: 'Open', security: OPEN, responses: {} });
    const closed = operation({ tag: 'a', summary: 'Closed', security: BEARER, responses: {} });
    const either = operation({ tag: 'a', summary: 'Either', security: OPTIONAL_BEARER, responses: {} });
    const both = operation({ tag: 'a', summary: 'Both', security: [{ bearer: [], seal: [] }], responses: {} });
    const login = { type: 'oauth2', flows: { password: { tokenUrl: 'token', scopes: {} } } };
    const seal = { type: 'apiKey', in: 'header', name: 'Seal' };
    const document = openApiDocument({ title: 'Doors', version: '1.0.0' }, [
      { paths: { '/a': { get: closed, post: open, put: either, delete: both, parameters: [] } } },
      { paths: {}, components: { securitySchemes: { login, seal } }, bearerAlternatives: ['login'] },
    ]);
    expect(document).toMatchObject({
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, login, seal } },
      paths: {
        '/a': {
          get: { security: [{ bearer: [] }, { login: [] }] },
          post: { security: [] },
          put: { security: [{}, { bearer: [] }, { login: [] }] },
          delete: { security: [{ bearer: [], seal: [] }] },
          parameters: [],
        },
      },
    });
  });

  it('is put together out of what the modules say of their routes', () => {
    const get = operation({
      id: 'listEchoes',
      tag: 'echoes',
      summary: 'List echoes',
      security: BEARER,
      parameters: [pathParameter('room'), queryParameter('count', 'At most')],
      requestBody: requestBody(TEXT),
      responses: { 200: answer('Echoes', arrayOf(ref('Echo'))), ...answers({ 404: 'No such room' }) },
    });
    const document = openApiDocument({ title: 'Echoes', version: '1.0.0' }, [
      { tags: [{ name: 'echoes' }], paths: { '/echoes/{room}': { get } }, components: { schemas: { Echo: TEXT } } },
      { paths: { '/other': {} } },
    ]);
    expect(document).toEqual({
      openapi: '3.1.0',
      info: { title: 'Echoes', version: '1.0.0' },
      tags: [{ name: 'echoes' }],
      servers: [],
      paths: {
        '/echoes/{room}': {
          get: {
            operationId: 'listEchoes',
            tags: ['echoes'],
            summary: 'List echoes',
            security: [{ bearer: [] }],
            parameters: [
              { name: 'room', in: 'path', required: true, schema: { type: 'string' } },
              { name: 'count', in: 'query', description: 'At most', schema: { type: 'string' } },
            ],
            requestBody: { required: true, content: { 'application/json': { schema: { type: 'string' } } } },
            responses: {
              200: {
                description: 'Echoes',
                content: {
                  'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Echo' } } },
                },
              },
              404: { description: 'No such room' },
            },
          },
        },
        '/other': {},
      },
      components: {
        schemas: { Echo: { type: 'string' } },
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      },
    });
  });
});

describe('An AsyncAPI document', () => {
  const docs: SocketDocs = {
    title: 'Echo',
    description: 'Says it again',
    params: { room_id: 'Where' },
    query: { loud: { type: 'boolean', description: 'Shout' } },
    receives: [{ name: 'word', contentType: 'text/plain', example: 'a' }],
    sends: [],
  };
  const document = (endpoints: Parameters<typeof asyncApiDocument>[0]['endpoints']) =>
    asyncApiDocument({ info: { title: 'Echoes', version: '1.0.0' }, endpoints, host: 'here:1', protocol: 'ws' });

  it('has a channel for each path, and an operation for each way', () => {
    expect(document([{ paths: ['/echo/:room_id', '/'], options: { docs } }])).toMatchObject({
      asyncapi: '3.0.0',
      servers: { here: { host: 'here:1', protocol: 'ws' } },
      channels: {
        echoRoomId: {
          address: '/echo/{room_id}',
          parameters: { room_id: { description: 'Where' } },
          messages: { word: { name: 'word', title: 'word', examples: [{ payload: 'a' }] } },
          bindings: { ws: { method: 'GET', query: { properties: docs.query } } },
        },
        root: { address: '/' },
      },
      operations: {
        echoRoomIdReceive: { action: 'receive', messages: [{ $ref: '#/channels/echoRoomId/messages/word' }] },
      },
    });
  });

  it('leaves out what says nothing of itself', () => {
    expect(document([{ paths: ['/quiet'], options: {} }])['channels']).toEqual({});
  });
});
