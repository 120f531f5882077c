import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Module,
  type OnModuleInit,
  UseGuards,
} from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { io } from 'socket.io-client';
import { AuthModule, type AuthOptions, CurrentPrincipal } from '@millrace/auth';
import {
  AccessArea,
  MillraceCoreModule,
  MillraceWsAdapter,
  type Principal,
  Public,
  RequireScopes,
  setPrincipal,
} from '@millrace/core';
import { AccessPolicy } from '@millrace/core/security';
import { RpcMethod, RpcModule } from '@millrace/rpc';
import { RpcTester } from '@millrace/rpc/testing';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { bearer, login, PlacesModule, SECRET, tokenFor } from './support/places.js';

@WebSocketGateway({ path: '/foreign' })
class Foreign {
  @SubscribeMessage('who')
  who(@CurrentPrincipal() principal: Principal | undefined): object {
    return { event: 'who', data: principal?.subject ?? null };
  }

  @SubscribeMessage('read')
  @RequireScopes('streams:read')
  read(): object {
    return { event: 'read', data: true };
  }
}

@WebSocketGateway({ path: '/foreign-public' })
@Public()
class ForeignPublic {
  @SubscribeMessage('who')
  who(@CurrentPrincipal() principal: Principal | undefined): object {
    return { event: 'who', data: principal?.subject ?? null };
  }
}

/** Stands for a foreign package which calls its handlers by contexts of its own. */
@Injectable()
class Calls implements OnModuleInit {
  call!: (type: string, ...args: unknown[]) => Promise<unknown>;

  constructor(private readonly contexts: ExternalContextCreator) {}

  onModuleInit(): void {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- the context creator calls it on this
    const { handle } = this;
    this.call = (type, ...args) => {
      const run = this.contexts.create(
        this,
        handle,
        'handle',
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
        type,
      );
      return (run as (...args: unknown[]) => Promise<unknown>)(...args);
    };
  }

  handle(): string {
    return 'handled';
  }
}

@Module({ imports: [MillraceCoreModule], providers: [Foreign, ForeignPublic, Calls] })
class ForeignModule {}

const start = (options: AuthOptions = {}, adapter: 'express' | 'fastify' = 'fastify'): Promise<RunningApplication> =>
  startApplication([AuthModule.forRoot({ jwt: { secret: SECRET }, ...options }), ForeignModule, PlacesModule], {
    adapter,
  });

const ask = async (client: SocketClient, event: string): Promise<unknown> => {
  client.send(JSON.stringify({ event }));
  return JSON.parse(await client.nextText());
};

describe.each(HTTP_ADAPTERS)('The guard beside foreign gateways on %s', (adapter) => {
  let running: RunningApplication;
  beforeAll(async () => {
    running = await start({ throttle: false }, adapter);
  });
  afterAll(() => running.close());

  it('lets messages of a gateway in by the token of its handshake, and hands on the principal', async () => {
    const client = await SocketClient.open(`${running.wsUrl}/foreign`, bearer(await tokenFor(running.url)));
    expect(await ask(client, 'who')).toEqual({ event: 'who', data: 'alice' });
    expect(await ask(client, 'read')).toEqual({ event: 'read', data: true });
    await client.close();
  });

  it.each([
    ['no token', '', 'Not authenticated'],
    ['a bad one', '?token=bad', 'Could not validate credentials'],
  ])('refuses its messages with %s by an exception the client can read', async (_name, query, message) => {
    const client = await SocketClient.open(`${running.wsUrl}/foreign${query}`);
    expect(await ask(client, 'who')).toEqual({
      event: 'exception',
      data: { status: 'error', code: 'UNAUTHENTICATED', message },
    });
    await client.close();
  });

  it('leaves a public gateway open', async () => {
    const client = await SocketClient.open(`${running.wsUrl}/foreign-public`);
    expect(await ask(client, 'who')).toEqual({ event: 'who', data: null });
    await client.close();
  });
});

it('refuses further messages of a gateway when the token has run out', async () => {
  const running = await start({ jwt: { secret: SECRET, expiresIn: '10s' } });
  try {
    const client = await SocketClient.open(`${running.wsUrl}/foreign`, bearer(await tokenFor(running.url)));
    expect(await ask(client, 'who')).toEqual({ event: 'who', data: 'alice' });
    const refused = await waitFor('a refusal', async () => {
      const answer = (await ask(client, 'who')) as { event: string };
      return answer.event === 'who' ? undefined : answer;
    });
    expect(refused).toEqual({
      event: 'exception',
      data: { status: 'error', code: 'TOKEN_EXPIRED', message: 'The token ran out' },
    });
    await client.close();
  } finally {
    await running.close();
  }
});

it('guards gateways of socket.io by their handshake', async () => {
  @WebSocketGateway()
  class Io {
    @SubscribeMessage('who')
    who(@CurrentPrincipal() principal: Principal | undefined): object {
      return { event: 'who', data: principal?.subject ?? null };
    }
  }
  @Module({ imports: [MillraceCoreModule], providers: [Io] })
  class IoModule {}
  const running = await startApplication([AuthModule.forRoot({ jwt: { secret: SECRET } }), IoModule], {
    adapter: 'express',
    sockets: false,
    prepare: (app) => {
      app.useWebSocketAdapter(new MillraceWsAdapter(app, { fallback: new IoAdapter(app) }));
    },
  });
  const answerTo = async (extraHeaders: Record<string, string>): Promise<unknown> => {
    const socket = io(running.url, { extraHeaders, transports: ['websocket'] });
    try {
      return await new Promise((resolve) => {
        socket.onAny((event: string, data: unknown) => resolve({ event, data }));
        socket.emit('who', {});
      });
    } finally {
      socket.disconnect();
    }
  };
  try {
    const { headers } = bearer(await tokenFor(running.url));
    expect(await answerTo(headers)).toEqual({ event: 'who', data: 'alice' });
    expect(await answerTo({})).toMatchObject({ event: 'exception', data: { code: 'UNAUTHENTICATED' } });
  } finally {
    await running.close();
  }
});

describe('Other contexts', () => {
  let running: RunningApplication;
  let calls: Calls;
  beforeAll(async () => {
    running = await start({ skipContexts: ['rmq'] });
    calls = running.app.get(Calls);
  });
  afterAll(() => running.close());
  const carrier = (principal: Partial<Principal> = {}): object => {
    const call = {};
    setPrincipal(call, { subject: 'a', scopes: [], method: 'jwt', ...principal });
    return call;
  };

  it('are let in by the first argument that carries a principal', async () => {
    expect(await calls.call('rpc', { any: 'thing' }, carrier())).toBe('handled');
    expect(await calls.call('anything', carrier())).toBe('handled');
    const authorization = `Bearer ${await tokenFor(running.url)}`;
    expect(await calls.call('graphql', undefined, {}, { req: { headers: { authorization } } })).toBe('handled');
  });

  it('are closed without one, and the error names the option', async () => {
    await expect(calls.call('kafka', { any: 'thing' })).rejects.toThrow("skipContexts: ['kafka']");
    await expect(calls.call('rpc', { any: 'thing' }, {})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(calls.call('graphql', undefined, {}, { req: { headers: {} } })).rejects.toThrow('Not authenticated');
    await expect(calls.call('http', 'no request', 'no response')).rejects.toThrow('mark the handler @Public()');
    await expect(calls.call('http')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(calls.call('ws', {})).rejects.toMatchObject({ error: { code: 'UNAUTHENTICATED' } });
  });

  it('are closed when the principal has run out', async () => {
    await expect(calls.call('rpc', carrier({ expiresAt: Date.now() - 1 }))).rejects.toMatchObject({
      code: 'TOKEN_EXPIRED',
    });
  });

  it("are let through by skipContexts, and where a connection is this application's own", async () => {
    expect(await calls.call('rmq')).toBe('handled');
    expect(await calls.call('source', {})).toBe('handled');
  });

  it('are open for JSON-RPC when its area is, and not for microservices of the same type', async () => {
    running.app.get(AccessPolicy, { strict: false }).openArea('rpc');
    expect(await calls.call('rpc', { any: 'thing' }, {})).toBe('handled');
    await expect(calls.call('rpc', {}, { getArgByIndex: () => undefined })).rejects.toThrow("skipContexts: ['rpc']");
  });
});

it('skipContexts: rpc lets messages of microservices through, and keeps the scopes of JSON-RPC', async () => {
  class Methods {
    @RpcMethod('scoped') @RequireScopes('never:granted') scoped(): string {
      return 'called';
    }
  }
  @Module({ imports: [RpcModule.forRoot()], providers: [Methods] })
  class MethodsModule {}
  const warned: unknown[] = [];
  const nothing = (): void => undefined;
  const logger = { log: nothing, error: nothing, debug: nothing, warn: (text: unknown) => void warned.push(text) };
  const imports = [
    AuthModule.forRoot({ jwt: { secret: SECRET }, skipContexts: ['rpc'] }),
    ForeignModule,
    MethodsModule,
  ];
  const running = await startApplication(imports, { logger });
  try {
    const calls = running.app.get(Calls);
    expect(await calls.call('rpc', {}, { getArgByIndex: () => undefined })).toBe('handled');
    const principal = { subject: 'a', scopes: ['streams:*'], method: 'jwt' };
    await expect(new RpcTester(running.app, { principal }).call('scoped')).rejects.toMatchObject({ code: -32003 });
    for (const _round of [1, 2]) {
      await expect(new RpcTester(running.app).call('scoped')).rejects.toMatchObject({ code: -32001 });
    }
    const told = warned.filter((text) => String(text).includes('does not say who called'));
    expect(told).toEqual([expect.stringContaining('public: true of RpcModule')]);
  } finally {
    await running.close();
  }
});

describe.each(HTTP_ADAPTERS)('protect: millrace on %s', (adapter) => {
  @Injectable()
  class HostGuard implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-host'] === 'yes';
    }
  }
  @Controller()
  class Host {
    @Get('host')
    @UseGuards(HostGuard)
    get(): string {
      return 'host';
    }

    @Get('scoped')
    @RequireScopes('streams:read')
    scoped(): string {
      return 'scoped';
    }
  }
  @Controller('area')
  @AccessArea('streams')
  class Area {
    @Get()
    get(): string {
      return 'area';
    }
  }
  @Module({ controllers: [Host, Area] })
  class HostModule {}

  it("guards Millrace's own places and leaves the host's authentication alone", async () => {
    const auth = AuthModule.forRoot({ jwt: { secret: SECRET }, protect: 'millrace' });
    const running = await startApplication([auth, HostModule, ForeignModule, PlacesModule], { adapter });
    const status = async (path: string, headers: Record<string, string> = {}): Promise<number> =>
      (await fetch(`${running.url}${path}`, { headers })).status;
    try {
      const token = bearer(await tokenFor(running.url)).headers;
      expect(await status('/host', { 'x-host': 'yes' })).toBe(200);
      expect(await status('/host', token)).toBe(403);
      expect(await status('/scoped')).toBe(401);
      expect(await status('/scoped', token)).toBe(200);
      expect(await status('/area')).toBe(401);
      expect(await status('/area', token)).toBe(200);
      expect((await refusedHandshake(`${running.wsUrl}/socket/a`)).status).toBe(401);
      const client = await SocketClient.open(`${running.wsUrl}/foreign`);
      expect(await ask(client, 'who')).toEqual({ event: 'who', data: null });
      await client.close();
    } finally {
      await running.close();
    }
  });
});

it('publicAreas opens the area and nothing else', async () => {
  const running = await startApplication(
    [AuthModule.forRoot({ jwt: { secret: SECRET }, publicAreas: ['sockets'] }), PlacesModule],
    {},
  );
  try {
    const client = await SocketClient.open(`${running.wsUrl}/socket/a`);
    expect(await client.nextText()).toBe('nobody');
    await client.close();
    expect((await fetch(`${running.url}/who`)).status).toBe(401);
  } finally {
    await running.close();
  }
});

it("two applications in one process do not take each other's tokens, nor count each other's logins", async () => {
  const options = (secret: string): AuthOptions => ({ jwt: { secret }, throttle: { limit: 2 } });
  const [first, second] = await Promise.all([start(options('one')), start(options('two'))]);
  try {
    const [one, two] = await Promise.all([tokenFor(first.url), tokenFor(second.url)]);
    const status = async (url: string, token: string): Promise<number> =>
      (await fetch(`${url}/who`, bearer(token))).status;
    expect(await Promise.all([status(first.url, one), status(second.url, two)])).toEqual([200, 200]);
    expect(await Promise.all([status(first.url, two), status(second.url, one)])).toEqual([401, 401]);
    const again = { username: 'a', password: 'a' };
    expect((await login(first.url, again)).status).toBe(200);
    expect((await login(first.url, again)).status).toBe(429);
    expect((await login(second.url, again)).status).toBe(200);
  } finally {
    await Promise.all([first.close(), second.close()]);
  }
});
