import { Controller, Get, Header, Req, UseFilters, VERSION_NEUTRAL } from '@nestjs/common';
import { DetailExceptionFilter } from '@millrace/core/errors';
import { queryOf, rawRequestOf } from '@millrace/core/http';
import { AccessArea, Public } from '@millrace/core/security';
import { StreamStore } from '../api/stream-store.js';
import { STREAMS_AREA } from '../stream-store.options.js';

/** `/ping`: whether the storage answers, and what a client sent (stream-store§9 #25). */
@AccessArea(STREAMS_AREA)
@Public()
@UseFilters(DetailExceptionFilter)
@Controller({ path: 'ping', version: VERSION_NEUTRAL })
export class PingController {
  constructor(private readonly store: StreamStore) {}

  @Get()
  @Header('Content-Type', 'application/json; charset=utf-8')
  async ping(): Promise<string> {
    await this.store.check();
    return 'true';
  }

  /** Fails on purpose, for those who test their error handling. */
  @Get('error')
  fail(): never {
    throw new Error('This error is made on purpose');
  }

  /** The three places of a token, as they were received, for those who look for their mistake. */
  @Get('auth')
  @Header('Cache-Control', 'no-store')
  credentials(@Req() request: object): Record<string, string | null> {
    const { authorization, cookie = '' } = rawRequestOf(request).headers;
    const [, value] = /(?:^|;\s*)authorization=([^;]*)/.exec(cookie) ?? [];
    return { query: queryOf(request).get('token'), headers: authorization ?? null, cookies: value ?? null };
  }
}
