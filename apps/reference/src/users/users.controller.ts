import { ManagedUserStore, TokenService, type UserRecord } from '@millrace/auth';
import { hasScope, MillraceError, principalOf, RequireScopes } from '@millrace/core';
import { Body, Controller, Delete, Get, Header, HttpCode, Inject, Param, Put, Req } from '@nestjs/common';
import { z } from 'zod';

const SCHEMA = z.strictObject({ password: z.string(), scopes: z.array(z.string()).min(1).max(100).optional() });

/** Password and scopes of a user. @throws MillraceError `INVALID` (422) when a member is missing, unknown or not valid */
export function readNewUser(body: unknown): z.output<typeof SCHEMA> {
  const result = SCHEMA.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new MillraceError('INVALID', `${issue?.path.join('.') || 'The body'}: ${issue?.message ?? 'is not valid'}`);
}

/** Answer of `PUT /users/{name}`. */
export interface PutUserResponse {
  readonly name: string;
  readonly scopes: readonly string[];
  /** False where a user got a new password, and new scopes where some were sent. */
  readonly new: boolean;
}

/** The users by HTTP, for those who hold the scope `users:admin`. In development their store is not asked for logins. */
@Controller('users')
@RequireScopes('users:admin')
export class UsersController {
  constructor(
    @Inject(ManagedUserStore) private readonly users: ManagedUserStore,
    private readonly tokens: TokenService,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  list(): Promise<UserRecord[]> {
    return this.users.list();
  }

  @Put(':name')
  @Header('Cache-Control', 'no-store')
  async put(@Param('name') name: string, @Body() body: unknown, @Req() request: object): Promise<PutUserResponse> {
    const { password, scopes } = readNewUser(body);
    const before = await this.assertWithin(name, scopes ?? [], request);
    const isNew = await this.users.add({ name, password, ...(scopes ? { scopes } : {}) });
    if (before) await this.tokens.revokeTokensOf(name, principalOf(request));
    return { name, scopes: scopes ?? before?.scopes ?? [], new: isNew };
  }

  @Delete(':name')
  @HttpCode(204)
  async remove(@Param('name') name: string, @Req() request: object): Promise<void> {
    const before = await this.assertWithin(name, [], request);
    // The store revokes too. This does so for the instances that have another, and for logins of development.
    if (before) await this.tokens.revokeTokensOf(name, principalOf(request));
    if (!(await this.users.remove(name))) throw new MillraceError('NOT_FOUND', 'There is no such user');
  }

  /** Nobody can give what they do not hold, nor take over or remove somebody who holds more. */
  private async assertWithin(
    name: string,
    scopes: readonly string[],
    request: object,
  ): Promise<UserRecord | undefined> {
    const principal = principalOf(request);
    if (!principal) throw new MillraceError('FORBIDDEN', 'Nobody says who asks');
    const before = (await this.users.list()).find((user) => user.name === name);
    const beyond = [...scopes, ...(before?.scopes ?? [])].find((scope) => !hasScope(principal.scopes, scope));
    if (beyond !== undefined) throw new MillraceError('FORBIDDEN', `You do not hold the scope ${beyond}`);
    return before;
  }
}
