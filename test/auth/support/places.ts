import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { type AuthOptions, AuthModule, CurrentPrincipal } from '@millrace/auth';
import {
  AccessArea,
  MillraceSocketsModule,
  type Principal,
  Public,
  RequireScopes,
  type SocketConnection,
  SocketEndpoint,
  type SocketHandler,
} from '@millrace/core';
import { type RunningApplication, startApplication, type StartOptions } from '../../support/applications.js';

@Controller()
@AccessArea('places')
class Places {
  @Get('who')
  who(@CurrentPrincipal() principal: Principal | undefined): object {
    return { subject: principal?.subject ?? null, scopes: principal?.scopes ?? null };
  }

  @Get('open')
  @Public()
  open(@CurrentPrincipal() principal: Principal | undefined): object {
    return { subject: principal?.subject ?? null };
  }

  @Get('read/:id')
  @RequireScopes('streams:read:{id}')
  read(): boolean {
    return true;
  }

  @Get('write/:id')
  @RequireScopes('streams:write:{id}', 'streams:read:{id}')
  write(): boolean {
    return true;
  }
}

@SocketEndpoint({ path: '/socket/:id' })
@AccessArea('sockets')
@RequireScopes('streams:read:{id}')
@Injectable()
class Sockets implements SocketHandler<void> {
  handshake(): void {}

  handleConnection(connection: SocketConnection<void>): void {
    connection.ws.send(connection.principal?.subject ?? 'nobody');
  }
}

@Module({ imports: [MillraceSocketsModule], controllers: [Places], providers: [Sockets] })
export class PlacesModule {}

/** Signing secret of the tests. */
export const SECRET = 'a secret for tests, long enough for production';

/** Starts an application with guarded places: `/who`, `/open`, `/read/:id`, `/write/:id` and the socket `/socket/:id`. */
export function startPlaces(options: AuthOptions = {}, start: StartOptions = {}): Promise<RunningApplication> {
  return startApplication([AuthModule.forRoot({ jwt: { secret: SECRET }, ...options }), PlacesModule], start);
}

/** Logs in with a form. */
export function login(
  url: string,
  fields: Record<string, string> | URLSearchParams | FormData,
  query = '',
): Promise<Response> {
  const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
  return fetch(`${url}/token${query}`, { method: 'POST', body });
}

/** A token for a development user. */
export async function tokenFor(url: string, name = 'alice'): Promise<string> {
  const response = await login(url, { username: name, password: name });
  return ((await response.json()) as { access_token: string }).access_token;
}

export const bearer = (token: string): { headers: Record<string, string> } => ({
  headers: { Authorization: `Bearer ${token}` },
});
