import { Controller, Delete, Get, Header, HttpCode, Param, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import { RawBody } from '@millrace/core/http';
import { ConnectionSecurity, type Principal, principalOf, RequireScopes } from '@millrace/core/security';
import { notAuthenticated } from '../engine/challenges.js';
import { NoStoreExceptionFilter } from './no-store-exception.filter.js';
import type { ApiKeyRecord } from '@millrace/accounts';
import { ApiKeyService } from '../api/api-key.service.js';
import { assertConfidential } from './assert-confidential.js';
import { KEYS_SCOPE } from './keys-scope.js';
import { KeyThrottlerGuard } from './key-throttler.guard.js';
import { readNewKey } from './new-key-body.js';

/** Answer of `POST /keys`: the record, and the key itself for the only time. */
export interface CreatedApiKeyResponse extends ApiKeyRecord {
  readonly key: string;
}

/** API keys by HTTP, for those who hold the scope `keys:admin`. It has no area, so that no option can open it. */
@Controller('keys')
@RequireScopes(KEYS_SCOPE)
@UseFilters(NoStoreExceptionFilter)
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeyService,
    private readonly security: ConnectionSecurity,
    rawBody: RawBody,
  ) {
    // A caller that may not do this is refused before the body is read.
    rawBody.claim((method, path) => method === 'POST' && /^\/keys\/?$/.test(path));
  }

  @Post()
  @Header('Cache-Control', 'no-store')
  @UseGuards(KeyThrottlerGuard)
  async create(@Req() request: object): Promise<CreatedApiKeyResponse> {
    const creator = callerOf(request);
    assertConfidential(request, this.security);
    const { record, key } = await this.keys.create(await readNewKey(request), creator);
    return { ...record, key };
  }

  @Get()
  @Header('Cache-Control', 'no-store')
  list(@Req() request: object): Promise<ApiKeyRecord[]> {
    callerOf(request);
    return this.keys.list();
  }

  @Delete(':id')
  @HttpCode(204)
  async revoke(@Req() request: object, @Param('id') id: string): Promise<void> {
    if (!(await this.keys.revoke(id, callerOf(request)))) {
      throw new MillraceError('NOT_FOUND', 'There is no such key');
    }
  }
}

/** Never open: where a host has taken the guard away, the caller is not known. */
function callerOf(request: object): Principal {
  const principal = principalOf(request);
  if (!principal) throw notAuthenticated();
  return principal;
}
