import type { ServerInfo as Info } from '@millrace/protocol';
import { Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { Public } from '@millrace/core';
import { InfoAccess } from './info-access.js';
import { ServerInfo } from './server-info.js';

/** Server information over HTTP. {@link InfoAccess} decides who gets it, as for gRPC. */
@Public()
@Controller()
export class ServerInfoController {
  constructor(
    private readonly server: ServerInfo,
    private readonly access: InfoAccess,
  ) {}

  @Get('info')
  async info(@Req() request: object): Promise<Info> {
    await this.access.check(request);
    return this.server.get();
  }

  /** As BTrDB's gateway answers (connection-profiles§5.2); clients want `stat` to be there and to be null. */
  @Post('v5/info')
  @HttpCode(200)
  async gateway(@Req() request: object): Promise<Info & { stat: null; mash: null }> {
    return { stat: null, mash: null, ...(await this.info(request)) };
  }
}
