import { authOpenApi } from '@millrace/auth';
import { connectivityOpenApi } from '@millrace/connectivity';
import { streamsOpenApi } from '@millrace/stream-store';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { createOpenApiDocument } from './openapi/openapi-document.js';

/** Puts the OpenAPI portal at `/docs` and its document at `/openapi.json`. */
export function setUpPortal(app: NestFastifyApplication): void {
  const document = createOpenApiDocument(app, [authOpenApi(), streamsOpenApi(), connectivityOpenApi()]);
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Millrace: REST',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, tryItOutEnabled: true },
  });
}
