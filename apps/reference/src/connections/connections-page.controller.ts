import { readFile } from 'node:fs/promises';
import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '@millrace/core';

const FOLDER = new URL('../../public/', import.meta.url);

/** The page `/connections`: partitions and their connections, live. It shows only what its user may read. */
@Public()
@Controller('connections')
export class ConnectionsPageController {
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  page(): Promise<Buffer> {
    return readFile(new URL('connections.html', FOLDER));
  }

  @Get('assets/connections.js')
  @Header('Content-Type', 'text/javascript; charset=utf-8')
  script(): Promise<Buffer> {
    return readFile(new URL('connections.js', FOLDER));
  }

  @Get('assets/connections.css')
  @Header('Content-Type', 'text/css; charset=utf-8')
  style(): Promise<Buffer> {
    return readFile(new URL('connections.css', FOLDER));
  }
}
