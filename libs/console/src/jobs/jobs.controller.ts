import { Get, Inject, Patch, Post, Put, Req, Res, UseFilters } from '@nestjs/common';
import { DetailExceptionFilter, MillraceError } from '@millrace/core/errors';
import {
  type FrameworkResponse,
  HostPaths,
  parseJsonBody,
  queryOf,
  RawBody,
  rawRequestOf,
  sendAnswer,
  takeBody,
} from '@millrace/core/http';
import { RequireScopes } from '@millrace/core/security';
import { CONSOLE_PATH } from '../console.tokens.js';
import { sendFile } from '../http/send-file.js';
import { BASE_SCRIPT, BASE_SCRIPT_NAME, BOARD_STYLES, BOARD_STYLES_NAME } from './board-page.js';
import { BOARD_FILE_HEADERS, BOARD_PAGE_HEADERS } from './board-headers.js';
import { JobsBoard } from './jobs-board.js';

/** Where the board is below the path of the console. */
export const JOBS_PATH = 'jobs';

/** Paths of up to six parts below it; the two frameworks agree on no pattern for any number of them. */
const BELOW = [':a', ':a/:b', ':a/:b/:c', ':a/:b/:c/:d', ':a/:b/:c/:d/:e', ':a/:b/:c/:d/:e/:f'].map(
  (parts) => `${JOBS_PATH}/${parts}`,
);

/** The most bytes of a request, which may hold the data of a job. */
const MAX_BODY_BYTES = 5_000_000;

/** What the page has beside the files of bull-board. */
const OWN_FILES: ReadonlyMap<string, { readonly type: string; readonly content: string }> = new Map([
  [`/${BASE_SCRIPT_NAME}`, { type: 'text/javascript; charset=utf-8', content: BASE_SCRIPT }],
  [`/${BOARD_STYLES_NAME}`, { type: 'text/css; charset=utf-8', content: BOARD_STYLES }],
]);

const JSON_HEADERS = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' };

/**
 * The board of jobs. All of it asks for the scope, its page and files too: what a job holds is not for everybody, and the board
 * can remove whole queues.
 */
@RequireScopes('jobs:admin')
@UseFilters(DetailExceptionFilter)
export class JobsController {
  private readonly root: string;

  constructor(
    private readonly board: JobsBoard,
    private readonly paths: HostPaths,
    rawBody: RawBody,
    @Inject(CONSOLE_PATH) path: string,
  ) {
    this.root = `${path}/${JOBS_PATH}`;
    rawBody.claim((_method, asked) => asked.startsWith(`${this.root}/api/`), {});
  }

  @Get([JOBS_PATH, ...BELOW])
  async read(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    const inside = this.within(request);
    if (inside === '/figures.json') {
      return sendAnswer(response, 200, JSON_HEADERS, JSON.stringify(await this.board.figures()));
    }
    if (inside.startsWith('/api/')) return this.answer(request, response);
    const own = OWN_FILES.get(inside);
    if (own) {
      return sendAnswer(response, 200, { ...BOARD_FILE_HEADERS, 'Content-Type': own.type }, own.content);
    }
    if (inside.startsWith('/static/')) {
      const file = await this.board.files.find(inside.slice(1));
      if (!file) throw new MillraceError('NOT_FOUND', 'The board of jobs has no such file');
      return sendFile(request, response, file, BOARD_FILE_HEADERS);
    }
    // Every other path is a view of the page, which goes by its own address.
    const steps = inside.split('/').length - 2;
    const up = steps < 0 ? `./${JOBS_PATH}/` : '../'.repeat(steps) || './';
    sendAnswer(response, 200, BOARD_PAGE_HEADERS, await this.board.html(up));
  }

  @Post(BELOW)
  add(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    return this.answer(request, response);
  }

  @Put(BELOW)
  change(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    return this.answer(request, response);
  }

  @Patch(BELOW)
  edit(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    return this.answer(request, response);
  }

  private async answer(request: object, response: FrameworkResponse): Promise<void> {
    const { method = 'GET', headers } = rawRequestOf(request);
    const { bytes } = await takeBody(request, MAX_BODY_BYTES);
    const answer = await this.board.answer({
      method,
      path: this.within(request),
      query: Object.fromEntries(queryOf(request)),
      body: bytes.length > 0 ? parseJsonBody(bytes) : {},
      headers: { 'accept-language': headers['accept-language'] },
    });
    if (!answer) throw new MillraceError('NOT_FOUND', 'The board of jobs has no such route');
    const { status, body } = answer;
    if (status === 204) sendAnswer(response, status, { 'Cache-Control': 'no-store' });
    else sendAnswer(response, status, JSON_HEADERS, JSON.stringify(body ?? {}));
  }

  /** The path of a request behind that of the board. */
  private within(request: object): string {
    const { url = '', method = 'GET' } = rawRequestOf(request);
    const [path = ''] = url.split('?', 1);
    return (this.paths.within(path, {}, method) ?? '').slice(this.root.length);
  }
}
