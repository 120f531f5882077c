import {
  answer,
  answers,
  arrayOf,
  INTEGER,
  json,
  type OpenApiFragment,
  operation,
  OPTIONAL_BEARER,
  ref,
  TEXT,
} from '@millrace/core/documents';

const info = {
  type: 'object',
  required: ['majorVersion', 'minorVersion', 'build', 'proxy'],
  properties: {
    majorVersion: INTEGER,
    minorVersion: INTEGER,
    build: TEXT,
    proxy: {
      type: 'object',
      required: ['proxyEndpoints'],
      properties: { proxyEndpoints: { ...arrayOf(TEXT), description: 'Addresses as `host:port`' } },
    },
  },
};

const gateway = {
  ...info,
  required: ['stat', 'mash', ...info.required],
  properties: { stat: { type: 'null' }, mash: { type: 'null' }, ...info.properties },
};

const responses = (schema: object): Readonly<Record<number, object>> => ({
  200: answer('What the server says of itself', schema),
  ...answers({
    401: 'A key that does not verify, or none where the server asks for one',
    403: 'An API key on a connection without TLS',
  }),
});

/** What the OpenAPI document says of server information. */
export function serverInfoOpenApi(): OpenApiFragment {
  const common = { tag: 'server information', security: OPTIONAL_BEARER };
  return {
    tags: [{ name: 'server information', description: 'Also by gRPC: `v5api.BTrDB/Info` on the ports 4410 and 4411.' }],
    paths: {
      '/info': {
        get: operation({
          ...common,
          id: 'getInfo',
          summary: 'Get version and addresses',
          responses: responses(ref('ServerInfo')),
        }),
      },
      '/v5/info': {
        post: operation({
          ...common,
          id: 'getGatewayInfo',
          summary: "Get version and addresses as BTrDB's JSON gateway gives them",
          requestBody: json({ type: 'object' }),
          responses: responses(ref('GatewayInfo')),
        }),
      },
    },
    components: { schemas: { ServerInfo: info, GatewayInfo: gateway } },
  };
}
