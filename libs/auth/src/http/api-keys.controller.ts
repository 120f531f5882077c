import {
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Inject,
  Param,
  Post,
  Req,
  UseFilters,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import { RawBody, parseJsonBody, takeBody, rawRequestOf } from '@millrace/core/http';
import { ConnectionSecurity, RequireScopes } from '@millrace/core/security';
import type { ApiKeyRecord, NewApiKey } from '@millrace/accounts';
import { z } from 'zod';
import { ApiKeyService } from '../api/api-key.service.js';
import { AUTH_SETTINGS, KEYS_SCOPE } from '../auth.constants.js';
import type { AuthSettings } from '../auth.options.js';
import { trustedProxies } from '../engine/trusted-proxies.js';
import { callerOf } from './caller-of.js';
import { KeyThrottlerGuard } from './login-throttler.guard.js';
import { NoStoreExceptionFilter } from './no-store-exception.filter.js';

/** API keys by HTTP, for those who hold the scope `keys:admin`. It has no area, so that no option can open it. */
@Controller({ path: 'keys', version: VERSION_NEUTRAL })
@RequireScopes(KEYS_SCOPE)
@UseFilters(NoStoreExceptionFilter)
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeyService,
    private readonly security: ConnectionSecurity,
    rawBody: RawBody,
    @Inject(AUTH_SETTINGS) settings: AuthSettings,
  ) {
    // A caller that may not do this is refused before the body is read.
    rawBody.claim((method, path) => method === 'POST' && /^\/keys\/?$/.test(path), settings);
  }

  /** Answers the record, and the key itself for the only time. */
  @Post()
  @Header('Cache-Control', 'no-store')
  @UseGuards(KeyThrottlerGuard)
  async create(@Req() request: object): Promise<ApiKeyRecord & { readonly key: string }> {
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

/** A name and some scopes are small; more is refused with 413. */
const MAX_BODY_BYTES = 131_072;

const SCHEMA = z.strictObject({
  name: z.string(),
  scopes: z.array(z.string()),
  expires: z.string().nullish(),
});

/**
 * Reads the body of `POST /keys`.
 *
 * @throws MillraceError `BAD_REQUEST` when it is not JSON, `INVALID` (422) when a member is missing, unknown or not valid
 */
async function readNewKey(request: object): Promise<NewApiKey> {
  const result = SCHEMA.safeParse(await readJson(request));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new MillraceError('INVALID', `${issue?.path.join('.') || 'The body'}: ${issue?.message ?? 'is not valid'}`);
}

async function readJson(request: object): Promise<unknown> {
  const { bytes } = await takeBody(request, MAX_BODY_BYTES);
  try {
    return parseJsonBody(bytes);
  } catch {
    // The parser's message quotes the body.
    throw new MillraceError('BAD_REQUEST', 'The body is not JSON; send {"name": …, "scopes": […]}');
  }
}

/** What a proxy adds, and who asks directly does not. */
const FORWARDED = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-proto', 'x-real-ip'] as const;

const isLoopback = trustedProxies(['loopback']);

/**
 * Throws 403 where a secret in the answer could be read on its way: it may leave by TLS, or stay on the machine.
 */
function assertConfidential(request: object, security: ConnectionSecurity): void {
  if (security.isSecure(request) || isLocal(request)) return;
  throw new MillraceError(
    'FORBIDDEN',
    'A new key is shown on TLS connections only, or on the machine itself; use https, or the command millrace keys',
  );
}

function isLocal(request: object): boolean {
  const { socket, headers } = rawRequestOf(request);
  return isLoopback(socket.remoteAddress ?? '') && !FORWARDED.some((name) => headers[name] !== undefined);
}
