import { authOpenApi } from '@millrace/auth';
import { connectivityOpenApi } from '@millrace/connectivity';
import { connectorOpenApi } from '@millrace/connector';
import { streamsOpenApi } from '@millrace/stream-store';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { AppModule } from '../app.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { serverInfoOpenApi } from '../server-info/server-info-openapi.js';
import { usersOpenApi } from '../users/users-openapi.js';
import { createOpenApiDocument } from './openapi/openapi-document.js';

const WITHOUT_CHARSET = /^(text\/(html|css|javascript)|application\/javascript)$/;

/** Puts the OpenAPI portal at `/docs` and its document at `/openapi.json`. */
export function setUpPortal(app: NestFastifyApplication): void {
  const document = createOpenApiDocument(
    app,
    [AppModule, MetricsModule],
    [authOpenApi(), streamsOpenApi(), connectivityOpenApi(), connectorOpenApi(), serverInfoOpenApi(), usersOpenApi()],
  );
  // The portal's own files name no charset, and a browser would guess.
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (_request, reply, payload, done) => {
      const type = reply.getHeader('content-type');
      if (typeof type === 'string' && WITHOUT_CHARSET.test(type))
        void reply.header('content-type', `${type}; charset=utf-8`);
      done(null, payload);
    });
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Millrace: REST',
    customCssUrl: '/docs/assets/header.css',
    customJs: '/docs/assets/header.js',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, tryItOutEnabled: true },
  });
}
