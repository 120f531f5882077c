import {
  type ArgumentsHost,
  BadRequestException,
  type CallHandler,
  type CanActivate,
  Catch,
  createParamDecorator,
  type ExceptionFilter,
  type ExecutionContext,
  Injectable,
  Module,
  type NestInterceptor,
  type PipeTransform,
  UnauthorizedException,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { MillraceError, principalOf, Public, RequireScopes, setPrincipal } from '@millrace/core';
import { PUBLIC } from '@millrace/core/security';
import { RpcError, RpcMethod, RpcModule, type RpcTask, Task } from '@millrace/rpc';
import { map, type Observable, of } from 'rxjs';
import { z } from 'zod';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { postRpc } from './support/rpc-http.js';
import { RpcSocket } from './support/rpc-socket.js';

@Injectable()
class DenyGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Injectable()
class ParamsGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    expect(context.getType<string>()).toBe('rpc');
    const params = context.getArgByIndex<{ key?: string }>(2);
    if (params.key === undefined) throw new UnauthorizedException('A key is needed');
    return params.key === 'good';
  }
}

@Injectable()
class WrapInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((value: unknown) => ({ wrapped: value })));
  }
}

@Injectable()
class DoublePipe implements PipeTransform {
  transform(value: unknown): unknown {
    return typeof value === 'number' ? value * 2 : value;
  }
}

@Injectable()
class RefusePipe implements PipeTransform {
  transform(): never {
    throw new BadRequestException(['one violation', 'another']);
  }
}

@Catch(RangeError)
class RangeFilter implements ExceptionFilter {
  catch(error: RangeError, host: ArgumentsHost): never {
    throw new RpcError(`${host.getType<string>()}: ${error.message}`, { code: 77 });
  }
}

@Catch(TypeError)
class AnswerFilter implements ExceptionFilter {
  catch(): string {
    return 'answered by the filter';
  }
}

const TaskName = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => context.getArgByIndex<RpcTask>(0).name,
);

@Injectable()
class Guarded {
  @RpcMethod('denied')
  @UseGuards(DenyGuard)
  denied(): string {
    return 'never';
  }

  @RpcMethod('keyed', { params: z.object({ key: z.string().optional(), value: z.number() }), result: z.number() })
  @UseGuards(ParamsGuard)
  keyed({ value }: { value: number }): number {
    return value;
  }

  @RpcMethod('wrapped', { params: z.number().array() })
  @UseInterceptors(WrapInterceptor)
  wrapped(params: number[], @Task() task: RpcTask): unknown {
    return [params, task.id];
  }

  @RpcMethod('piped')
  @UsePipes(RefusePipe)
  piped(params: unknown): unknown {
    return params;
  }

  @RpcMethod('decorated')
  decorated(@TaskName(DoublePipe) name: string, params: { value: number }): unknown {
    return [name, params.value];
  }

  @RpcMethod('filtered')
  @UseFilters(RangeFilter, AnswerFilter)
  filtered(kind: { error: string }): never {
    throw kind.error === 'range' ? new RangeError('too far') : new TypeError('odd');
  }

  @RpcMethod('unfiltered')
  @UseFilters(RangeFilter)
  unfiltered(): never {
    throw new Error('secret details');
  }

  @RpcMethod('guarded-progress', { async: true })
  @UseInterceptors(WrapInterceptor)
  async guardedProgress(@Task() task: RpcTask): Promise<string> {
    task.progress('Half', 0.5);
    return 'done';
  }

  @RpcMethod('observed')
  observed(): Observable<number> {
    return of(1, 2, 3);
  }

  @RpcMethod('http-error')
  httpError(): never {
    throw new MillraceError('CONFLICT', 'There is one already', { detail: { name: 'camera' } });
  }
}

@Module({ providers: [Guarded] })
class GuardedModule {}

describe.each(HTTP_ADAPTERS)('rpc#S44: guards, pipes, interceptors and filters on %s', (adapter) => {
  let running: RunningApplication;
  let socket: RpcSocket;
  beforeAll(async () => {
    running = await startApplication([RpcModule.forRoot(), GuardedModule], { adapter });
    socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
  });
  afterAll(() => running.close());

  /** The same call over both transports. */
  async function both(method: string, params?: unknown): Promise<unknown> {
    const { id: _id, ...reply } = await socket.call(method, params, 1);
    const { status, json } = await postRpc(`${running.url}/rpc`, { jsonrpc: '2.0', id: 1, method, params });
    expect(status).toBe(200);
    expect(json).toEqual({ ...reply, id: 1 });
    return reply;
  }

  it('a denied call is an RPC error, and the socket stays open', async () => {
    expect(await both('denied')).toMatchObject({ error: { code: -32003 } });
    expect(await both('keyed', { value: 1 })).toMatchObject({ error: { code: -32001, message: 'A key is needed' } });
    expect(await both('keyed', { value: 1, key: 'bad' })).toMatchObject({ error: { code: -32003 } });
    expect(await both('keyed', { value: 1, key: 'good' })).toMatchObject({ result: 1 });
  });

  it('a guard is asked before the params are validated', async () => {
    expect(await both('keyed', { value: 'x' })).toMatchObject({ error: { code: -32001 } });
    expect(await both('keyed', { value: 'x', key: 'good' })).toMatchObject({
      error: { code: -32602, data: [expect.stringContaining('value: ')] },
    });
  });

  it('an interceptor changes the result; the task is injected', async () => {
    expect(await both('wrapped', [1, 2])).toMatchObject({ result: { wrapped: [[1, 2], 1] } });
    expect(await both('wrapped', ['x'])).toMatchObject({ error: { code: -32602 } });
  });

  it('a pipe refuses with its list of violations', async () => {
    expect(await both('piped', {})).toMatchObject({ error: { code: -32602, data: ['one violation', 'another'] } });
  });

  it("the host's own parameter decorators work", async () => {
    expect(await both('decorated', { value: 5 })).toMatchObject({ result: ['decorated', 5] });
  });

  it('a filter turns an exception into another, or into an answer', async () => {
    expect(await both('filtered', { error: 'range' })).toMatchObject({ error: { code: 77, message: 'rpc: too far' } });
    expect(await both('filtered', { error: 'type' })).toMatchObject({ result: 'answered by the filter' });
    expect(await both('unfiltered')).toEqual({ jsonrpc: '2.0', error: { code: -32603, message: 'Internal error' } });
  });

  it('progress passes through enhancers, and the answer comes last', async () => {
    expect(await socket.call('guarded-progress', undefined, 9)).toMatchObject({ params: { id: 9, amount: 0.5 } });
    expect(await socket.next()).toMatchObject({ id: 9, result: { wrapped: 'done' } });
  });

  it('the last value of an observable is the result', async () => {
    expect(await both('observed')).toMatchObject({ result: 3 });
  });

  it("an error of Nest's or ours keeps its meaning", async () => {
    expect(await both('http-error')).toMatchObject({
      error: { code: -32009, message: 'There is one already', data: { name: 'camera' } },
    });
  });
});

/** What an authentication module does: a principal on the request before the upgrade, and a look at it for each call. */
@Injectable()
class TokenGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, [context.getHandler(), context.getClass()])) return true;
    if (context.getType<string>() === 'rpc') {
      if (!context.getArgs().some((argument) => principalOf(argument))) throw new UnauthorizedException('No principal');
      return true;
    }
    const request = context.getArgByIndex<{ headers: Record<string, string | undefined> }>(0);
    const scopes = request.headers['authorization']?.split(' ')[1];
    if (scopes === undefined) {
      throw new MillraceError('UNAUTHENTICATED', 'Not authenticated', { headers: { 'WWW-Authenticate': 'Bearer' } });
    }
    setPrincipal(request, { subject: 'ada', scopes: scopes.split(','), method: 'test' });
    return true;
  }
}

@Injectable()
class Secured {
  @RpcMethod('whoami')
  whoami(@Task() task: RpcTask): unknown {
    return task.principal?.subject;
  }

  @RpcMethod('open')
  @Public()
  open(): string {
    return 'open';
  }

  @RpcMethod('scoped')
  @RequireScopes('cameras:read:left')
  scoped(): string {
    return 'scoped';
  }
}

@Module({ providers: [Secured, { provide: APP_GUARD, useClass: TokenGuard }] })
class SecuredModule {}

describe.each(HTTP_ADAPTERS)('Authentication on %s', (adapter) => {
  let running: RunningApplication;
  beforeAll(async () => {
    running = await startApplication([RpcModule.forRoot(), SecuredModule], { adapter });
  });
  afterAll(() => running.close());

  it('refuses a handshake and a POST without a credential, with a real 401', async () => {
    expect((await refusedHandshake(`${running.wsUrl}/rpc`)).status).toBe(401);
    const answer = await postRpc(`${running.url}/rpc`, { jsonrpc: '2.0', id: 1, method: 'whoami' });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.json).toEqual({ jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Not authenticated' } });
    expect((await fetch(`${running.url}/healthz`)).status).toBe(200);
  });

  it('carries the principal to the method, and asks for the scope rpc:call:<method>', async () => {
    const headers = { authorization: 'Bearer rpc:call:who*' };
    const socket = new RpcSocket(await SocketClient.open(`${running.wsUrl}/rpc`, { headers }));
    expect(await socket.call('whoami', undefined, 1)).toMatchObject({ result: 'ada' });
    expect(await socket.call('registry', undefined, 1)).toMatchObject({ error: { code: -32003 } });
    // These say themselves what they ask for.
    expect(await socket.call('open', undefined, 1)).toMatchObject({ result: 'open' });
    expect(await socket.call('scoped', undefined, 1)).toMatchObject({ result: 'scoped' });
    await socket.close();
    const post = { 'content-type': 'application/json', ...headers };
    const answer = await postRpc(`${running.url}/rpc`, { jsonrpc: '2.0', id: 1, method: 'whoami' }, post);
    expect(answer.json.result).toBe('ada');
  });
});
