import { basename } from 'node:path';
import { Controller, Get, Header, NotFoundException, Req, Res } from '@nestjs/common';
import { AccessArea } from '@millrace/core';
import { ApiDocuments } from '@millrace/core/documents';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readPage } from './portal-files.js';
import { RestPortal } from './rest-portal.js';

/** Area of the pages and of the documents they show. */
export const PORTAL_AREA = 'portal';

/** Head of the document of sockets. */
const INFO = {
  title: 'Millrace',
  version: '0.1.0',
  description:
    'Every WebSocket of this server. The token goes into the header Authorization, the query token, or the cookie.',
  license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
};

/**
 * The pages of routes, sockets and methods, and the documents they show; and `/connections`, partitions and their connections,
 * live, which shows only what its user may read.
 */
@AccessArea(PORTAL_AREA)
@Controller()
export class PortalController {
  constructor(
    private readonly documents: ApiDocuments,
    private readonly rest: RestPortal,
  ) {}

  @Get(['connections', 'docs', 'docs/asyncapi', 'docs/openrpc'])
  @Header('Content-Type', 'text/html; charset=utf-8')
  page(@Req() { routeOptions }: FastifyRequest): Promise<Buffer> {
    return readPage(basename(routeOptions.url ?? ''));
  }

  @Get('docs/asyncapi.json')
  document(@Req() request: FastifyRequest): object {
    const protocol = request.protocol === 'https' ? 'wss' : 'ws';
    return this.documents.asyncApi(INFO, { host: request.host, protocol });
  }

  @Get('docs/openrpc.json')
  methodsDocument(): object | undefined {
    return this.documents.openRpc();
  }

  @Get(['openapi.json', 'openapi.yaml', 'docs/:file'])
  async file(@Req() { url, headers }: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const found = await this.rest.find(url, headers);
    if (!found) throw new NotFoundException();
    await reply.status(found.status).headers(found.headers).send(found.body);
  }
}
