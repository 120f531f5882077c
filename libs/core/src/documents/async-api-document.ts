import type { DocumentInfo } from './open-api-fragment.js';
import { defined } from './operation.js';
import type { SocketDocs, SocketMessageDocs } from './socket-docs.js';

type Json = Readonly<Record<string, unknown>>;

interface Documented {
  readonly path: string;
  readonly docs: SocketDocs;
}

/** The part of a registered endpoint that is looked at; `SocketRegistry.endpoints` has it. */
export interface DocumentedEndpoint {
  readonly paths: readonly string[];
  readonly options: { readonly docs?: SocketDocs };
}

export interface AsyncApiInit {
  readonly info: DocumentInfo;
  readonly endpoints: readonly DocumentedEndpoint[];
  /** Host and port where the sockets are reached. */
  readonly host: string;
  readonly protocol: 'ws' | 'wss';
}

/**
 * An AsyncAPI 3 document of the application's sockets, made from what the endpoints say of themselves. One channel a path;
 * `receive` operations are what the server takes, `send` operations what it sends.
 */
export function asyncApiDocument({ info, endpoints, host, protocol }: AsyncApiInit): Json {
  const documented = endpoints.flatMap(({ paths, options: { docs } }) =>
    docs ? paths.map((path) => ({ path, docs })) : [],
  );
  return {
    asyncapi: '3.0.0',
    info,
    defaultContentType: 'application/json',
    servers: { here: { host, protocol, security: [{ $ref: '#/components/securitySchemes/bearer' }] } },
    channels: Object.fromEntries(documented.map((endpoint) => [channelId(endpoint.path), channel(endpoint)])),
    operations: Object.assign({}, ...documented.map(operations)) as Json,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

function channel({ path, docs }: Documented): Json {
  const parameters = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => [
    name,
    { description: docs.params?.[name] ?? name },
  ]);
  return {
    address: path.replace(/:(\w+)/g, '{$1}'),
    title: docs.title,
    description: docs.description,
    ...(parameters.length > 0 ? { parameters: Object.fromEntries(parameters) as Json } : {}),
    messages: Object.fromEntries([...docs.receives, ...docs.sends].map((message) => [message.name, describe(message)])),
    bindings: {
      ws: {
        method: 'GET',
        ...(docs.query ? { query: { type: 'object', properties: docs.query } } : {}),
        bindingVersion: '0.1.0',
      },
    },
  };
}

function describe({ name, title, summary, contentType, schema, example }: SocketMessageDocs): Json {
  const examples = example === undefined ? undefined : [{ payload: example }];
  return defined({ name, title: title ?? name, summary, contentType, payload: schema, examples });
}

function operations({ path, docs }: Documented): Json {
  const id = channelId(path);
  const operation = (action: 'receive' | 'send', messages: readonly SocketMessageDocs[]): Json => ({
    action,
    channel: { $ref: `#/channels/${id}` },
    title: `${docs.title}: ${action === 'receive' ? 'what the server takes' : 'what the server sends'}`,
    messages: messages.map(({ name }) => ({ $ref: `#/channels/${id}/messages/${name}` })),
  });
  return {
    ...(docs.receives.length > 0 ? { [`${id}Receive`]: operation('receive', docs.receives) } : {}),
    ...(docs.sends.length > 0 ? { [`${id}Send`]: operation('send', docs.sends) } : {}),
  };
}

/** `/data/:stream_id/push` becomes `dataStreamIdPush`. */
function channelId(path: string): string {
  const words = path.split(/[^a-zA-Z0-9]+/).filter(Boolean);
  if (words.length === 0) return 'root';
  return words.map((word, index) => (index === 0 ? word : `${word.charAt(0).toUpperCase()}${word.slice(1)}`)).join('');
}
