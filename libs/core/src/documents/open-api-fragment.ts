/** The head of a document: `info` of OpenAPI and of AsyncAPI. */
export interface DocumentInfo {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
  readonly contact?: object;
  readonly license?: { readonly name: string; readonly url?: string };
}

type Named = Readonly<Record<string, unknown>>;

/** What a module adds to an OpenAPI 3.1 document. */
export interface OpenApiFragment {
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Named;
  readonly components?: { readonly schemas?: Named; readonly securitySchemes?: Named };
}

/**
 * An OpenAPI 3.1 document out of what the modules say of their routes.
 *
 * @example
 * ```ts
 * openApiDocument({ title: 'My service', version: '1.0.0' }, [authOpenApi(), streamsOpenApi()]);
 * ```
 */
export function openApiDocument(info: DocumentInfo, fragments: readonly OpenApiFragment[]): object {
  return {
    openapi: '3.1.0',
    paths: joined(fragments, ({ paths }) => paths),
    info,
    tags: fragments.flatMap(({ tags = [] }) => tags),
    servers: [],
    components: {
      securitySchemes: { bearer: { scheme: 'bearer', bearerFormat: 'JWT', type: 'http' } },
      schemas: joined(fragments, ({ components }) => components?.schemas),
    },
  };
}

function joined(fragments: readonly OpenApiFragment[], part: (fragment: OpenApiFragment) => Named | undefined): Named {
  return Object.assign({}, ...fragments.map(part)) as Named;
}
