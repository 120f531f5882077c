import { Controller, Get, Header, Req } from '@nestjs/common';
import { CONSOLE_AREA } from '@millrace/console';
import { AccessArea } from '@millrace/core';
import { ApiDocuments } from '@millrace/core/documents';
import type { FastifyRequest } from 'fastify';
import { stringify } from 'yaml';
import { OPEN_API_INFO } from './openapi.js';

/** Head of the document of sockets. */
const SOCKETS_INFO = {
  title: 'Millrace',
  version: '0.1.0',
  description:
    'Every WebSocket of this server. The token goes into the header Authorization, the query token, or the cookie.',
  license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
};

/** The documents of routes, sockets and methods, at the addresses by which generators of clients know them. */
@AccessArea(CONSOLE_AREA)
@Controller()
export class DocumentsController {
  constructor(private readonly documents: ApiDocuments) {}

  @Get('openapi.json')
  routes(): object {
    return this.documents.openApi(OPEN_API_INFO);
  }

  @Get('openapi.yaml')
  @Header('Content-Type', 'text/yaml; charset=utf-8')
  routesInYaml(): string {
    return stringify(this.routes(), { aliasDuplicateObjects: false });
  }

  @Get('docs/asyncapi.json')
  sockets(@Req() request: FastifyRequest): object {
    const protocol = request.protocol === 'https' ? 'wss' : 'ws';
    return this.documents.asyncApi(SOCKETS_INFO, { host: request.host, protocol });
  }

  @Get('docs/openrpc.json')
  methods(): object | undefined {
    return this.documents.openRpc();
  }
}
