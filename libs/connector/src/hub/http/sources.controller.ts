import {
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Put,
  Query,
  Req,
  Res,
  type StreamableFile,
  UseFilters,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { DetailExceptionFilter, MillraceError } from '@millrace/core/errors';
import { endedSignal, isForm, parseForm, parseJsonBody, takeBody } from '@millrace/core/http';
import { AccessArea, hasScope, principalOf, RequireScopes } from '@millrace/core/security';
import type { HubSourceDetails, HubSourceStatus, SourceNotification } from '@millrace/protocol';
import { ConnectorHub } from '../../api/connector-hub.js';
import type { SourceConfiguration } from '../../api/source-store.port.js';
import { HUB_SETTINGS, type HubSettings } from '../../connector-hub.options.js';
import { hubError } from '../queries/hub-errors.js';
import { rowFormat, streamRows } from './row-responses.js';

/** Notifications given when a request names no number. */
const DEFAULT_COUNT = 10;

/** The hub by HTTP. Scopes are `sources:<verb>:<name>`. */
@Controller({ path: 'sources', version: VERSION_NEUTRAL })
@AccessArea('sources')
@UseFilters(DetailExceptionFilter)
export class SourcesController {
  constructor(
    private readonly hub: ConnectorHub,
    @Inject(HUB_SETTINGS) private readonly settings: HubSettings,
  ) {}

  /** The sources the caller may read. */
  @Get()
  async list(@Req() request: object): Promise<HubSourceStatus[]> {
    const principal = principalOf(request) ?? principalOf((request as { raw?: object }).raw);
    const sources = await this.hub.sources();
    return principal ? sources.filter(({ name }) => hasScope(principal.scopes, `sources:read:${name}`)) : sources;
  }

  /** The document may hold passwords: reading it takes the right to change it. */
  @Get(':name')
  @RequireScopes('sources:admin:{name}')
  async get(@Param('name') name: string): Promise<HubSourceDetails> {
    const found = await this.hub.describeSource(name);
    if (!found) throw hubError('unknownSource', name);
    return found;
  }

  @Put(':name')
  @HttpCode(204)
  @RequireScopes('sources:admin:{name}')
  async put(@Param('name') name: string, @Req() request: object): Promise<void> {
    await this.hub.setConfiguration(name, (await this.read(request)) as SourceConfiguration);
  }

  @Delete(':name')
  @HttpCode(204)
  @RequireScopes('sources:admin:{name}')
  async delete(@Param('name') name: string): Promise<void> {
    if (!(await this.hub.deleteSource(name))) throw hubError('unknownSource', name);
  }

  /** The newest kept notifications, oldest first. */
  @Get(':name/notifications')
  @RequireScopes('sources:read:{name}')
  async notifications(
    @Param('name') name: string,
    @Query('count') count?: string,
  ): Promise<readonly SourceNotification[]> {
    if (!(await this.hub.describeSource(name))) throw hubError('unknownSource', name);
    return this.hub.newestNotifications(name, readCount(count));
  }

  @Post(':name/publish')
  @HttpCode(202)
  @RequireScopes('sources:publish:{name}')
  async publish(@Param('name') name: string, @Req() request: object): Promise<void> {
    await this.hub.publish(name, await this.read(request));
  }

  /** Rows as a JSON array, or each as it comes by server-sent events or NDJSON, as `Accept` asks. */
  @Post(':name/query')
  @HttpCode(200)
  @RequireScopes('sources:query:{name}')
  async query(
    @Param('name') name: string,
    @Req() request: object,
    @Headers('accept') accept: string | undefined,
    @Query('timeout') timeout: string | undefined,
    @Res({ passthrough: true }) response: object,
  ): Promise<unknown[] | StreamableFile> {
    const format = rowFormat(accept);
    // When the client leaves, the query is given up.
    const options = { timeout: readTimeout(timeout), signal: endedSignal(response) };
    const parameters = (await this.read(request)) ?? {};
    if (format === 'json') return this.hub.query(name, parameters, options);
    return streamRows(this.hub.queryRows(name, parameters, options), format);
  }

  @Post(':name/reconnect')
  @HttpCode(202)
  @RequireScopes('sources:admin:{name}')
  async reconnect(@Param('name') name: string): Promise<void> {
    await this.hub.requireReconnect(name);
  }

  /** The JSON in a body, whatever its content type says, unless that says it is a form; undefined when it is empty. */
  private async read(request: object): Promise<unknown> {
    const body = await takeBody(request, this.settings.maxMessageBytes);
    if (body.bytes.length === 0) return undefined;
    return isForm(body) ? Object.fromEntries(await parseForm(body)) : parseJsonBody(body.bytes);
  }
}

function readCount(text: string | undefined): number {
  if (text === undefined) return DEFAULT_COUNT;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new MillraceError('INVALID', `Query parameter "count" must be a whole number, not "${text}"`);
}

/** Milliseconds, at most ten minutes. */
function readTimeout(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= 600_000) return value;
  throw new MillraceError(
    'INVALID',
    `Query parameter "timeout" must be a number of milliseconds from 1 to 600000, not "${text}"`,
  );
}
