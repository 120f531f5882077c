import type { INestApplication, Type } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

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

/**
 * The application's OpenAPI 3.1 document: its own routes, and what the packages say of theirs.
 *
 * @param own modules whose routes are described by their decorators. Those of the packages would show each path that takes
 * any method once for every method Nest knows, some of which OpenAPI has no word for.
 */
export function createOpenApiDocument(
  app: INestApplication,
  own: readonly Type[],
  fragments: readonly Fragment[],
): OpenAPIObject {
  const base = new DocumentBuilder()
    .setTitle('Millrace')
    .setDescription(DESCRIPTION)
    .setVersion('0.1.0')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .build();
  const document = SwaggerModule.createDocument(app, base, { include: [...own] });
  const { paths } = document;
  const schemas: Record<string, unknown> = { ...document.components?.schemas };
  const tags = [...(document.tags ?? [])];
  for (const fragment of fragments) {
    Object.assign(paths, fragment.paths);
    Object.assign(schemas, fragment.components?.schemas);
    tags.push(...((fragment.tags ?? []) as typeof tags));
  }
  return { ...document, tags, components: { ...document.components, schemas } } as OpenAPIObject;
}
