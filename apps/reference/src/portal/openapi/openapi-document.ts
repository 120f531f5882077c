/** What a package says of its REST endpoints. */
export interface Fragment {
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components?: { readonly schemas?: unknown };
}

const DESCRIPTION = [
  'Every REST endpoint of this server. The WebSockets are described at [/docs/asyncapi](/docs/asyncapi), the methods of JSON-RPC at [/docs/openrpc](/docs/openrpc).',
  'Get a token from `POST /token` (in development any name whose password equals it), press **Authorize**, and try things out.',
].join('\n\n');

/** The application's OpenAPI 3.1 document, made of what its parts say of their routes. */
export function createOpenApiDocument(fragments: readonly Fragment[]): object {
  const schemas = Object.assign({}, ...fragments.map(({ components }) => components?.schemas)) as object;
  return {
    openapi: '3.1.0',
    paths: Object.assign({}, ...fragments.map(({ paths }) => paths)) as object,
    info: { title: 'Millrace', description: DESCRIPTION, version: '0.1.0', contact: {} },
    tags: fragments.flatMap(({ tags = [] }) => tags),
    servers: [],
    components: {
      securitySchemes: { bearer: { scheme: 'bearer', bearerFormat: 'JWT', type: 'http' } },
      schemas,
    },
  };
}
