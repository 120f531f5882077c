import { Controller, Get, Module } from '@nestjs/common';
import { Public } from '@millrace/core';

/** What the test's server says about itself. */
export const INFO = { majorVersion: 5, minorVersion: 0, build: 'test', proxy: { proxyEndpoints: [] as string[] } };

@Controller('info')
@Public()
class InfoController {
  @Get()
  info(): typeof INFO {
    return INFO;
  }
}

/** Serves `GET /info`. */
@Module({ controllers: [InfoController] })
export class InfoModule {}
