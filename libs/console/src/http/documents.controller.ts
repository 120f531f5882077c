import { Get, Inject, Req, Res, UseFilters } from '@nestjs/common';
import { ApiDocuments } from '@millrace/core/documents';
import { DetailExceptionFilter, MillraceError } from '@millrace/core/errors';
import { type FrameworkResponse, rawRequestOf, sendAnswer } from '@millrace/core/http';
import { AccessArea, ConnectionSecurity } from '@millrace/core/security';
import { CONSOLE_SETTINGS, type ConsoleSettings } from '../console.options.js';
import { CONSOLE_AREA } from '../console.tokens.js';

/** The documents of all that the application serves. They say which interfaces there are, so they ask for a credential. */
@AccessArea(CONSOLE_AREA)
@UseFilters(DetailExceptionFilter)
export class DocumentsController {
  constructor(
    private readonly documents: ApiDocuments,
    private readonly security: ConnectionSecurity,
    @Inject(CONSOLE_SETTINGS) private readonly settings: ConsoleSettings,
  ) {}

  private get info(): { title: string; version: string } {
    const { title, version } = this.settings;
    return { title, version };
  }

  @Get('api/openapi.json')
  routes(@Res() response: FrameworkResponse): void {
    sendJson(response, this.documents.openApi(this.info));
  }

  @Get('api/asyncapi.json')
  sockets(@Req() request: object, @Res() response: FrameworkResponse): void {
    const raw = rawRequestOf(request);
    const protocol = this.security.isSecure(raw) ? 'wss' : 'ws';
    const host = this.security.authorityOf(raw) ?? '';
    sendJson(response, this.documents.asyncApi(this.info, { host, protocol }));
  }

  @Get('api/openrpc.json')
  methods(@Res() response: FrameworkResponse): void {
    const document = this.documents.openRpc();
    if (!document) throw new MillraceError('NOT_FOUND', 'This application has no RPC methods');
    sendJson(response, document);
  }
}

function sendJson(response: FrameworkResponse, value: object): void {
  const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' };
  sendAnswer(response, 200, headers, JSON.stringify(value));
}
