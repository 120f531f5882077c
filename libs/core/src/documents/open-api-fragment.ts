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
  /** Names of security schemes that are further ways to the token of `bearer`: a place that asks for that takes these too. */
  readonly bearerAlternatives?: readonly string[];
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
  const alternatives = fragments.flatMap(({ bearerAlternatives = [] }) => bearerAlternatives);
  return {
    openapi: '3.1.0',
    paths: withAlternatives(
      joined(fragments, ({ paths }) => paths),
      alternatives,
    ),
    info,
    tags: fragments.flatMap(({ tags = [] }) => tags),
    servers: [],
    components: {
      securitySchemes: {
        bearer: { scheme: 'bearer', bearerFormat: 'JWT', type: 'http' },
        ...joined(fragments, ({ components }) => components?.securitySchemes),
      },
      schemas: joined(fragments, ({ components }) => components?.schemas),
    },
  };
}

/** The paths, with the alternatives behind `bearer` in each operation that asks for it. */
function withAlternatives(paths: Named, alternatives: readonly string[]): Named {
  if (alternatives.length === 0) return paths;
  const others = alternatives.map((name) => ({ [name]: [] }));
  const widened = (operation: unknown): unknown => {
    const { security } = (operation ?? {}) as { security?: readonly object[] };
    const isDue = security?.some((way) => 'bearer' in way && Object.keys(way).length === 1);
    return isDue ? { ...(operation as object), security: [...(security ?? []), ...others] } : operation;
  };
  return mapped(paths, (item) => (typeof item === 'object' && item !== null ? mapped(item, widened) : item));
}

function mapped(members: object, change: (value: unknown) => unknown): Named {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, change(value)]));
}

function joined(fragments: readonly OpenApiFragment[], part: (fragment: OpenApiFragment) => Named | undefined): Named {
  return Object.assign({}, ...fragments.map(part)) as Named;
}
