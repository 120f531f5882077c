import type { Fragment } from '../portal/openapi/openapi-document.js';

const text = { type: 'string' };
const number = { type: 'integer' };

const info = {
  type: 'object',
  required: ['majorVersion', 'minorVersion', 'build', 'proxy'],
  properties: {
    majorVersion: number,
    minorVersion: number,
    build: text,
    proxy: {
      type: 'object',
      required: ['proxyEndpoints'],
      properties: { proxyEndpoints: { type: 'array', items: text, description: 'Addresses as `host:port`' } },
    },
  },
};

const gateway = {
  ...info,
  required: ['stat', 'mash', ...info.required],
  properties: { stat: { type: 'null' }, mash: { type: 'null' }, ...info.properties },
};

const responses = (schema: object): object => ({
  200: { description: 'What the server says of itself', content: { 'application/json': { schema } } },
  401: { description: 'A key that does not verify, or none where the server asks for one' },
  403: { description: 'An API key on a connection without TLS' },
});

/** Without a credential, unless the server asks for one. */
const security = [{}, { bearer: [] }];

/** What the OpenAPI document says of server information. */
export function serverInfoOpenApi(): Fragment {
  const common = { tags: ['server information'], security };
  return {
    tags: [{ name: 'server information', description: 'Also by gRPC: `v5api.BTrDB/Info` on the ports 4410 and 4411.' }],
    paths: {
      '/info': {
        get: {
          ...common,
          operationId: 'getInfo',
          summary: 'Get version and addresses',
          responses: responses({ $ref: '#/components/schemas/ServerInfo' }),
        },
      },
      '/v5/info': {
        post: {
          ...common,
          operationId: 'getGatewayInfo',
          summary: "Get version and addresses as BTrDB's JSON gateway gives them",
          requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
          responses: responses({ $ref: '#/components/schemas/GatewayInfo' }),
        },
      },
    },
    components: { schemas: { ServerInfo: info, GatewayInfo: gateway } },
  };
}
