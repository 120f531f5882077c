import { readFile } from 'node:fs/promises';
import { Controller, Get, Header, NotFoundException, Param, Req, Res } from '@nestjs/common';
import { Public, SocketRegistry } from '@millrace/core';
import { asyncApiDocument } from '@millrace/core/documents';
import { RpcMethods } from '@millrace/rpc';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Head of the document of sockets. */
const INFO = {
  title: 'Millrace',
  version: '0.1.0',
  description:
    'Every WebSocket of this server. The token goes into the header Authorization, the query token, or the cookie.',
  license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
};

const FOLDER = new URL('../../public/', import.meta.url);

/** Files of the portal's own pages, and their types. */
const FILES: Readonly<Record<string, string>> = {
  'portal.css': 'text/css; charset=utf-8',
  'header.css': 'text/css; charset=utf-8',
  'header.js': 'text/javascript; charset=utf-8',
  'asyncapi.js': 'text/javascript; charset=utf-8',
  'dom.js': 'text/javascript; charset=utf-8',
  'openrpc.js': 'text/javascript; charset=utf-8',
  'rpc-connection.js': 'text/javascript; charset=utf-8',
};

/** The pages of sockets and methods, and the documents they show. */
@Public()
@Controller('docs')
export class PortalController {
  constructor(
    private readonly sockets: SocketRegistry,
    private readonly methods: RpcMethods,
  ) {}

  @Get('asyncapi')
  @Header('Content-Type', 'text/html; charset=utf-8')
  page(): Promise<Buffer> {
    return readFile(new URL('asyncapi.html', FOLDER));
  }

  @Get('asyncapi.json')
  document(@Req() request: FastifyRequest): object {
    const protocol = request.protocol === 'https' ? 'wss' : 'ws';
    return asyncApiDocument({ info: INFO, endpoints: this.sockets.endpoints, host: request.host, protocol });
  }

  @Get('openrpc')
  @Header('Content-Type', 'text/html; charset=utf-8')
  methodsPage(): Promise<Buffer> {
    return readFile(new URL('openrpc.html', FOLDER));
  }

  @Get('openrpc.json')
  methodsDocument(): object {
    return this.methods.openRpc();
  }

  @Get('assets/:file')
  async asset(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    const type = FILES[file];
    if (!type) throw new NotFoundException();
    void reply.header('Content-Type', type);
    return readFile(new URL(file, FOLDER));
  }
}
