import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Controller, Get, Header, NotFoundException, Req, Res } from '@nestjs/common';
import { Public, SocketRegistry } from '@millrace/core';
import { asyncApiDocument } from '@millrace/core/documents';
import { RpcMethods } from '@millrace/rpc';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from '../http/request-log.js';

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
  'connections.css': 'text/css; charset=utf-8',
  'connections.js': 'text/javascript; charset=utf-8',
  'header.css': 'text/css; charset=utf-8',
  'header.js': 'text/javascript; charset=utf-8',
  'asyncapi.js': 'text/javascript; charset=utf-8',
  'dom.js': 'text/javascript; charset=utf-8',
  'openrpc.js': 'text/javascript; charset=utf-8',
  'rpc-connection.js': 'text/javascript; charset=utf-8',
};

/**
 * The pages of sockets and methods, and the documents they show; and `/connections`, partitions and their connections, live,
 * which shows only what its user may read.
 */
@Public()
@Controller()
export class PortalController {
  constructor(
    private readonly sockets: SocketRegistry,
    private readonly methods: RpcMethods,
  ) {}

  @Get(['connections', 'docs/asyncapi', 'docs/openrpc'])
  @Header('Content-Type', 'text/html; charset=utf-8')
  page(@Req() { routeOptions }: FastifyRequest): Promise<Buffer> {
    return readFile(new URL(`${basename(routeOptions.url ?? '')}.html`, FOLDER));
  }

  @Get('docs/asyncapi.json')
  document(@Req() request: FastifyRequest): object {
    const protocol = request.protocol === 'https' ? 'wss' : 'ws';
    return asyncApiDocument({ info: INFO, endpoints: this.sockets.endpoints, host: request.host, protocol });
  }

  @Get('docs/openrpc.json')
  methodsDocument(): object {
    return this.methods.openRpc();
  }

  @Get(['connections/assets/connections.css', 'connections/assets/connections.js', 'docs/assets/:file'])
  async asset(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    const file = basename(pathOf(request));
    const type = FILES[file];
    if (!type) throw new NotFoundException();
    void reply.header('Content-Type', type);
    return readFile(new URL(file, FOLDER));
  }
}
