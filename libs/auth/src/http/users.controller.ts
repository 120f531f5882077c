import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Inject,
  Param,
  Put,
  Req,
  UseFilters,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import { hasScope, type Principal, RequireScopes } from '@millrace/core/security';
import type { StoredUserInfo, UserInfo } from '@millrace/protocol';
import { z } from 'zod';
import { TokenService } from '../api/token.service.js';
import { ManagedUserStore } from '../api/user-store.js';
import { USERS_SCOPE } from '../auth.constants.js';
import { callerOf } from './caller-of.js';
import { NoStoreExceptionFilter } from './no-store-exception.filter.js';

/**
 * The users by HTTP, for those who hold the scope `users:admin`. Logins may ask another store, as in development. It has no
 * area, so that no option can open it.
 */
@Controller({ path: 'users', version: VERSION_NEUTRAL })
@RequireScopes(USERS_SCOPE)
@UseFilters(NoStoreExceptionFilter)
export class UsersController {
  constructor(
    @Inject(ManagedUserStore) private readonly users: ManagedUserStore,
    private readonly tokens: TokenService,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  list(@Req() request: object): Promise<UserInfo[]> {
    callerOf(request);
    return this.users.list();
  }

  @Put(':name')
  @Header('Cache-Control', 'no-store')
  async put(@Param('name') name: string, @Body() body: unknown, @Req() request: object): Promise<StoredUserInfo> {
    const caller = callerOf(request);
    const { password, scopes } = readUser(body);
    const before = await this.assertWithin(name, scopes ?? [], caller);
    const isNew = await this.store(name, password, scopes);
    if (before) await this.tokens.revokeTokensOf(name, caller);
    return { name, scopes: scopes ?? before?.scopes ?? [], new: isNew };
  }

  @Delete(':name')
  @HttpCode(204)
  async remove(@Param('name') name: string, @Req() request: object): Promise<void> {
    const caller = callerOf(request);
    const before = await this.assertWithin(name, [], caller);
    // The store revokes too. This does so for the instances that have another, and where logins ask another.
    if (before) await this.tokens.revokeTokensOf(name, caller);
    if (!(await this.users.remove(name))) throw new MillraceError('NOT_FOUND', 'There is no such user');
  }

  /** Without a password, a user who is there gets other scopes alone. @returns whether the user is new */
  private async store(name: string, password?: string, scopes?: readonly string[]): Promise<boolean> {
    if (password !== undefined) return this.users.add({ name, password, ...(scopes ? { scopes } : {}) });
    if (scopes && (await this.users.setScopes(name, scopes))) return false;
    throw new MillraceError('INVALID', `password: ${scopes ? 'a new user must have one' : 'send one, or scopes'}`);
  }

  /** Nobody can give what they do not hold, nor take over or remove somebody who holds more. */
  private async assertWithin(
    name: string,
    scopes: readonly string[],
    caller: Principal,
  ): Promise<UserInfo | undefined> {
    const before = (await this.users.list()).find((user) => user.name === name);
    const beyond = [...scopes, ...(before?.scopes ?? [])].find((scope) => !hasScope(caller.scopes, scope));
    if (beyond !== undefined) throw new MillraceError('FORBIDDEN', `You do not hold the scope ${beyond}`);
    return before;
  }
}

const SCHEMA = z.strictObject({
  password: z.string().optional(),
  scopes: z.array(z.string()).min(1).max(100).optional(),
});

/** Password and scopes of a user. @throws MillraceError `INVALID` (422) when a member is missing, unknown or not valid */
function readUser(body: unknown): z.output<typeof SCHEMA> {
  const result = SCHEMA.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new MillraceError('INVALID', `${issue?.path.join('.') || 'The body'}: ${issue?.message ?? 'is not valid'}`);
}
