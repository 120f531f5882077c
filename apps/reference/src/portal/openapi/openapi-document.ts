import { openApiDocument, type OpenApiFragment } from '@millrace/core/documents';

const DESCRIPTION = [
  'Every REST endpoint of this server. The WebSockets are described at [/docs/asyncapi](/docs/asyncapi), the methods of JSON-RPC at [/docs/openrpc](/docs/openrpc).',
  'Get a token from `POST /token` (in development any name whose password equals it), press **Authorize**, and try things out.',
].join('\n\n');

/** The application's OpenAPI document, made of what its parts say of their routes. */
export function createOpenApiDocument(fragments: readonly OpenApiFragment[]): object {
  return openApiDocument({ title: 'Millrace', description: DESCRIPTION, version: '0.1.0', contact: {} }, fragments);
}
