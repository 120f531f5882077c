import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiDocuments } from '@millrace/core/documents';
import { madeOnce } from './made-once.js';
import { OPEN_API_INFO } from './openapi.js';

@Module({})
class RestPortalModule {}

const WITHOUT_CHARSET = /^(text\/(html|css|javascript)|application\/javascript)$/;

/** Headers of an answer that belong to its connection. */
const OF_THE_CONNECTION = ['connection', 'date', 'keep-alive', 'transfer-encoding'];

export interface PortalFile {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/**
 * The files of Swagger UI below `/docs`, and the document it shows at `/openapi.json` and `/openapi.yaml`. They come from an
 * application of its own that listens nowhere, made with what it takes when the first one asks.
 */
@Injectable()
export class RestPortal {
  private readonly application = madeOnce(() => createRestPortal(this.documents.openApi(OPEN_API_INFO)));

  constructor(private readonly documents: ApiDocuments) {}

  /** What there is at a path; undefined when there is nothing. */
  async find(url: string, headers: IncomingHttpHeaders): Promise<PortalFile | undefined> {
    const response = await (await this.application()).inject({ method: 'GET', url, headers });
    if (response.statusCode === 404) return undefined;
    const kept = Object.entries(response.headers).filter(([name]) => !OF_THE_CONNECTION.includes(name));
    return {
      status: response.statusCode,
      headers: Object.fromEntries(kept.map(([name, value]) => [name, named(name, value)])),
      body: response.rawPayload,
    };
  }
}

/** Its files name no charset, and a browser would guess. */
function named<T>(name: string, value: T): T | string {
  const isBare = name === 'content-type' && typeof value === 'string' && WITHOUT_CHARSET.test(value);
  return isBare ? `${value}; charset=utf-8` : value;
}

async function createRestPortal(document: object): Promise<NestFastifyApplication> {
  const { SwaggerModule } = await import('@nestjs/swagger');
  const adapter = new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true } });
  // Without a logger of its own: Nest has one for the whole process, and an application that asks for none ends all logs.
  const portal = await NestFactory.create<NestFastifyApplication>(RestPortalModule, adapter);
  SwaggerModule.setup('docs', portal, () => document as never, {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
  });
  return portal.init();
}
