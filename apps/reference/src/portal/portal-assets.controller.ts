import { basename } from 'node:path';
import { Controller, Get, Header, NotFoundException, Req, Res } from '@nestjs/common';
import { Public } from '@millrace/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from '../http/request-log.js';
import { readAsset, readPage } from './portal-files.js';

/** What is open where the portal itself is closed: the page to log in, and the files of all pages. */
@Public()
@Controller()
export class PortalAssetsController {
  @Get('login')
  @Header('Content-Type', 'text/html; charset=utf-8')
  login(): Promise<Buffer> {
    return readPage('login');
  }

  /** Browsers ask for it by themselves, also where they show a document or a page of others. */
  @Get('favicon.ico')
  icon(@Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    return this.send('icon.svg', reply);
  }

  @Get(['connections/assets/connections.css', 'connections/assets/connections.js', 'docs/assets/:file'])
  asset(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    return this.send(basename(pathOf(request)), reply);
  }

  private async send(name: string, reply: FastifyReply): Promise<Buffer> {
    const asset = await readAsset(name);
    if (!asset) throw new NotFoundException();
    void reply.header('Content-Type', asset.type);
    return asset.content;
  }
}
