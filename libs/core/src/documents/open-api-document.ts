import type { DocumentInfo, OpenApiFragment } from './open-api-fragment.js';
import { mapped, type PathFinder, placeFragment } from './place-fragment.js';

type Named = Readonly<Record<string, unknown>>;

/** Where the routes of a document are. */
interface DocumentPlaces {
  /**
   * Says where paths are in the application, behind its global prefix or not: `app.get(HostPaths, { strict: false })`.
   *
   * @default as the fragments name them
   */
  readonly hostPaths?: PathFinder;
  /** Where clients reach the application, for one that a proxy serves below a path. @default the server of the document */
  readonly servers?: readonly { readonly url: string }[];
}

/**
 * An OpenAPI 3.1 document out of what the modules say of their routes.
 *
 * @example
 * ```ts
 * const hostPaths = app.get(HostPaths, { strict: false });
 * openApiDocument({ title: 'My service', version: '1.0.0' }, [authOpenApi(), streamsOpenApi()], { hostPaths });
 * ```
 */
export function openApiDocument(
  info: DocumentInfo,
  fragments: readonly OpenApiFragment[],
  { hostPaths, servers = [] }: DocumentPlaces = {},
): object {
  const placed = hostPaths ? fragments.map((fragment) => placeFragment(fragment, hostPaths)) : fragments;
  const alternatives = placed.flatMap(({ bearerAlternatives = [] }) => bearerAlternatives);
  return {
    openapi: '3.1.0',
    paths: withAlternatives(
      joined(placed, ({ paths }) => paths),
      alternatives,
    ),
    info,
    tags: placed.flatMap(({ tags = [] }) => tags),
    servers,
    components: {
      securitySchemes: {
        bearer: { scheme: 'bearer', bearerFormat: 'JWT', type: 'http' },
        ...joined(placed, ({ components }) => components?.securitySchemes),
      },
      schemas: joined(placed, ({ components }) => components?.schemas),
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

function joined(fragments: readonly OpenApiFragment[], part: (fragment: OpenApiFragment) => Named | undefined): Named {
  return Object.assign({}, ...fragments.map(part)) as Named;
}
