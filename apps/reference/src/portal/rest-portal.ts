import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

@Module({})
class RestPortalModule {}

/**
 * The pages of an OpenAPI document under `/docs`, and the document at `/openapi.json` and `/openapi.yaml`: an application
 * of its own that listens nowhere. What it takes is loaded when it is made.
 */
export async function createRestPortal(document: object): Promise<NestFastifyApplication> {
  const { SwaggerModule } = await import('@nestjs/swagger');
  const adapter = new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true } });
  const portal = await NestFactory.create<NestFastifyApplication>(RestPortalModule, adapter, { logger: false });
  SwaggerModule.setup('docs', portal, () => document as never, {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Millrace: REST',
    customCssUrl: '/docs/assets/header.css',
    customJs: '/docs/assets/header.js',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, tryItOutEnabled: true },
  });
  return portal.init();
}
