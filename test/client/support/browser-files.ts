import { Controller, type DynamicModule, Get, Header, Module, NotFoundException, Req } from '@nestjs/common';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Public, rawRequestOf } from '@millrace/core';

/** The client for pages, as it is published. */
export interface BuiltClient {
  readonly directory: string;
  remove(): Promise<void>;
}

/** Makes the client one file for pages, in a folder of its own. */
export async function buildClient(): Promise<BuiltClient> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-client-'));
  const root = resolve(__dirname, '../../..');
  await promisify(execFile)(process.execPath, [join(root, 'tools/bundle-client.mjs'), directory]);
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** A page that loads the file as it is (no bundler, no import map) and keeps it as `client`. */
export const CLIENT_PAGE = (
  path: string,
): string => `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<script type="module">import * as client from '${path}/standalone.js'; globalThis.client = client;</script>`;

@Module({})
class PageModule {}

/** Serves the page at `/page`, without a token, and the client's files to it. @param built asked with each request */
export function pageModule(built: () => BuiltClient): DynamicModule {
  @Controller()
  @Public()
  class FilesController {
    @Get('page')
    @Header('Content-Type', 'text/html; charset=utf-8')
    page(): string {
      return CLIENT_PAGE('/files');
    }

    @Get(['files/:a', 'files/:a/:b', 'files/:a/:b/:c'])
    @Header('Content-Type', 'text/javascript; charset=utf-8')
    async file(@Req() request: object): Promise<string> {
      const path = (rawRequestOf(request).url ?? '').replace('/files/', '');
      return readFile(join(built().directory, path), 'utf8').catch(() => {
        throw new NotFoundException(path);
      });
    }
  }
  return { module: PageModule, controllers: [FilesController] };
}
