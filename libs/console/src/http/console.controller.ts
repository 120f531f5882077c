import { Get, Inject, Req, Res, UseFilters } from '@nestjs/common';
import { DetailExceptionFilter, MillraceError } from '@millrace/core/errors';
import { type FrameworkResponse, HostPaths, rawRequestOf, sendAnswer } from '@millrace/core/http';
import { Public } from '@millrace/core/security';
import { CONSOLE_PATH } from '../console.tokens.js';
import { CONSOLE_SETTINGS, type ConsoleSettings } from '../console.options.js';
import { ConsoleFeatures } from '../features/console-features.js';
import { PageFiles } from './page-files.js';
import { SwaggerFiles } from './swagger-files.js';
import { FILE_HEADERS, PAGE_HEADERS } from './page-headers.js';
import { sendFile } from './send-file.js';

/**
 * The page of the console and its files. They are open to everybody and hold nothing of this server but its title and which
 * modules it has; all data comes from the routes of the modules, by the credential of the user.
 */
@Public()
@UseFilters(DetailExceptionFilter)
export class ConsoleController {
  constructor(
    private readonly features: ConsoleFeatures,
    private readonly files: PageFiles,
    private readonly swagger: SwaggerFiles,
    private readonly paths: HostPaths,
    @Inject(CONSOLE_PATH) private readonly path: string,
    @Inject(CONSOLE_SETTINGS) private readonly settings: ConsoleSettings,
  ) {}

  @Get(['', ':file', 'assets/:file'])
  async serve(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    const inside = this.within(request);
    if (inside === '' || inside === '/') {
      // Relative to what the browser asked for, of which a proxy may have taken away the beginning.
      const folder = inside === '/' ? './' : `./${this.path.slice(this.path.lastIndexOf('/') + 1)}/`;
      sendAnswer(response, 200, PAGE_HEADERS, await this.files.index(folder, this.settings.title));
      return;
    }
    if (inside === '/config.json') {
      const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-cache' };
      sendAnswer(response, 200, headers, JSON.stringify(this.features.configuration()));
      return;
    }
    if (inside === '/icon.svg') {
      sendFile(request, response, await this.files.icon(), { 'Cache-Control': 'no-cache' });
      return;
    }
    const [, name] = /^\/assets\/([\w.-]+)$/.exec(inside) ?? [];
    const file = name === undefined ? undefined : ((await this.files.find(name)) ?? (await this.swagger.find(name)));
    if (!file) throw new MillraceError('NOT_FOUND', 'The console has no such page or file');
    sendFile(request, response, file, FILE_HEADERS);
  }

  /** The path of a request behind that of the console. */
  private within(request: object): string {
    const [path = ''] = (rawRequestOf(request).url ?? '').split('?', 1);
    return (this.paths.within(path, {}, 'GET') ?? '').slice(this.path.length);
  }
}
