import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  type ArgumentsHost,
  Catch,
  type ExecutionContext,
  Inject,
  Injectable,
  Module,
  type PipeTransform,
  type Provider,
  Scope,
  type Type,
} from '@nestjs/common';
import type { CallHandler, CanActivate, ExceptionFilter, NestInterceptor } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, REQUEST } from '@nestjs/core';
import { ConnectorHub, ConnectorHubModule, ConnectorModule, OnQuery, SourceHandler } from '@millrace/connector';
import { RpcError, RpcMethod, RpcModule } from '@millrace/rpc';
import {
  memoryStore,
  OnEntry,
  type StoredEntry,
  StreamConsumer,
  StreamStore,
  StreamStoreModule,
} from '@millrace/stream-store';
import { map } from 'rxjs';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { scaled } from '../support/soak.js';
import { waitFor } from '../support/waiting.js';
import { postRpc } from '../rpc/support/rpc-http.js';
import { RpcSocket } from '../rpc/support/rpc-socket.js';
import { GLOBAL_SCOPES, type GuardScope, oneTenant, SCOPE_OPTIONS } from './support/scoped-guards.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Batches of 100 calls. */
const ROUNDS = scaled(200, 20);

const SOURCES = { sources: { s: {} } };

/** An enhancer that leaves its mark in what passes. */
class Marking {
  readonly mark = 'marked';
}

function interceptorOf(scope: GuardScope): Type<NestInterceptor> {
  @Injectable(SCOPE_OPTIONS[scope])
  class Interceptor extends Marking implements NestInterceptor {
    intercept(context: ExecutionContext, next: CallHandler) {
      const type = context.getType<string>();
      return next.handle().pipe(map((value: unknown) => (type === 'ws' ? value : [type, this.mark, value])));
    }
  }
  return Interceptor;
}

function pipeOf(scope: GuardScope): Type<PipeTransform> {
  @Injectable(SCOPE_OPTIONS[scope])
  class Pipe extends Marking implements PipeTransform {
    transform(value: unknown, { type }: { type: string }): unknown {
      return type === 'body' ? { [this.mark]: value } : value;
    }
  }
  return Pipe;
}

function filterOf(scope: GuardScope): Type<ExceptionFilter> {
  @Catch(RangeError)
  @Injectable(SCOPE_OPTIONS[scope])
  class Filter extends Marking implements ExceptionFilter {
    catch(error: RangeError, host: ArgumentsHost): unknown {
      return { [this.mark]: error.message, type: host.getType<string>() };
    }
  }
  return Filter;
}

@Injectable()
class Methods {
  @RpcMethod('echo') echo(value: unknown): unknown {
    return value;
  }
  @RpcMethod('fail') fail(): never {
    throw new RangeError('too far');
  }
  @RpcMethod('odd') odd(): never {
    throw new RpcError('odd', { code: 7 });
  }
}

@SourceHandler('s')
class Handlers {
  @OnQuery() query(value: { fail?: boolean }): unknown {
    if (value.fail) throw new RangeError('too far');
    return value;
  }
}

const call = (method: string, params?: unknown, id = 1): object => ({ jsonrpc: '2.0', id, method, params });

async function start(providers: Provider[], adapter: 'express' | 'fastify' = 'fastify'): Promise<RunningApplication> {
  @Module({ imports: [RpcModule.forRoot()], providers: [Methods, ...providers] })
  class MethodsModule {}
  return startApplication([MethodsModule], { adapter });
}

/** A hub, and a connector behind the enhancers; asks for the answer to a query. */
async function query(providers: Provider[], value: object, adapter: 'express' | 'fastify'): Promise<unknown> {
  const hub = await startApplication([ConnectorHubModule.forRoot(SOURCES)], { adapter });
  const connecting = ConnectorModule.forRoot({ targetServer: hub.url, authToken: 'any', sources: ['s'] });
  @Module({ imports: [connecting], providers: [Handlers, ...providers] })
  class HandlersModule {}
  const connector = await startApplication([HandlersModule], { adapter, sockets: false });
  try {
    const sources = hub.app.get(ConnectorHub);
    return await waitFor('an answer', () => sources.query('s', value).catch(() => undefined));
  } finally {
    await connector.close();
    await hub.close();
  }
}

describe.each(BOTH_HTTP_ADAPTERS)('Global enhancers on %s', (adapter) => {
  describe.each(GLOBAL_SCOPES)('of the scope %s', (scope) => {
    let endTenancy: () => void;
    beforeAll(() => (endTenancy = oneTenant()));
    afterAll(() => endTenancy());

    it('an interceptor, a pipe and a filter act on calls', async () => {
      const running = await start(
        [
          { provide: APP_INTERCEPTOR, useClass: interceptorOf(scope) },
          { provide: APP_PIPE, useClass: pipeOf(scope) },
          { provide: APP_FILTER, useClass: filterOf(scope) },
        ],
        adapter,
      );
      const socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
      const both = async (message: object): Promise<unknown> => {
        const { json } = await postRpc(`${running.url}/rpc`, message);
        expect(await socket.exchange(message)).toEqual(json);
        return json as unknown;
      };
      expect(await both(call('echo', [1]))).toMatchObject({ result: ['rpc', 'marked', { marked: [1] }] });
      expect(await both(call('fail'))).toMatchObject({ result: { marked: 'too far', type: 'rpc' } });
      expect(await both(call('odd'))).toMatchObject({ error: { code: 7 } });
      await running.close();
    });

    it('an interceptor and a pipe act on queries of a source', async () => {
      const providers: Provider[] = [
        { provide: APP_INTERCEPTOR, useClass: interceptorOf(scope) },
        { provide: APP_PIPE, useClass: pipeOf(scope) },
      ];
      expect(await query(providers, { n: 1 }, adapter)).toEqual(['source', 'marked', { marked: { n: 1 } }]);
    });

    it('a filter acts on queries of a source', async () => {
      const providers: Provider[] = [{ provide: APP_FILTER, useClass: filterOf(scope) }];
      expect(await query(providers, { fail: true }, adapter)).toEqual([{ marked: 'too far', type: 'source' }]);
    });

    it('an interceptor acts on entries of a stream', async () => {
      const seen: unknown[] = [];
      @StreamConsumer('s', { group: 'g', after: '0' })
      class Consumer {
        @OnEntry() take({ data }: StoredEntry): string {
          return data.toString();
        }
      }
      @Injectable(SCOPE_OPTIONS[scope])
      class Interceptor extends Marking implements NestInterceptor {
        intercept(context: ExecutionContext, next: CallHandler) {
          return next.handle().pipe(map((value) => seen.push([context.getType<string>(), this.mark, value])));
        }
      }
      @Module({
        imports: [StreamStoreModule.forRoot({ store: memoryStore() })],
        providers: [Consumer, { provide: APP_INTERCEPTOR, useClass: Interceptor }],
      })
      class ConsumerModule {}
      const running = await startApplication([ConsumerModule], { adapter });
      await running.app.get(StreamStore).append('s', [Buffer.from('1'), Buffer.from('2')]);
      await waitFor('the entries', () => seen.length === 2);
      expect(seen).toEqual([
        ['stream', 'marked', '1'],
        ['stream', 'marked', '2'],
      ]);
      await running.close();
    });
  });
});

describe('Scoped guards', () => {
  it('come after lasting ones, and share what is made for the call', async () => {
    const asked: unknown[] = [];
    @Injectable({ scope: Scope.REQUEST })
    class CallData {
      readonly made = asked.push('data');
      constructor(@Inject(REQUEST) readonly call: { name?: string }) {}
    }
    @Injectable({ scope: Scope.REQUEST })
    class First implements CanActivate {
      constructor(private readonly data: CallData) {}
      canActivate(context: ExecutionContext): boolean {
        if (context.getType<string>() === 'rpc') asked.push(`first ${this.data.call.name}`);
        return true;
      }
    }
    @Injectable({ scope: Scope.REQUEST })
    class Second extends First {}
    @Injectable()
    class Lasting implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        if (context.getType<string>() === 'rpc') asked.push('lasting');
        return true;
      }
    }
    const running = await start([
      CallData,
      { provide: APP_GUARD, useClass: First },
      { provide: APP_GUARD, useClass: Second },
      { provide: APP_GUARD, useClass: Lasting },
    ]);
    const { json } = await postRpc(`${running.url}/rpc`, call('echo', [1]));
    expect(json).toMatchObject({ result: [1] });
    expect(asked.slice(1)).toEqual(['data', 'lasting', 'first echo', 'first echo']);
    await running.close();
  });

  it('are found under an alias, and what is no guard is not passed over', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Deny implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        return context.getType<string>() !== 'rpc';
      }
    }
    for (const guard of [
      { provide: APP_GUARD, useExisting: Deny, scope: Scope.REQUEST },
      { provide: APP_GUARD, inject: [Deny], useFactory: (deny: Deny) => deny, scope: Scope.REQUEST },
      { provide: APP_GUARD, inject: [Deny], useFactory: (deny: Deny) => deny, scope: Scope.TRANSIENT },
    ]) {
      const running = await start([Deny, guard as Provider]);
      const { json } = await postRpc(`${running.url}/rpc`, call('echo', [1]));
      expect(json).toMatchObject({ error: { code: -32003 } });
      await running.close();
    }
    const running = await start([{ provide: APP_GUARD, useFactory: () => ({}), scope: Scope.REQUEST }]);
    expect((await postRpc(`${running.url}/rpc`, call('echo', [1]))).status).toBe(500);
    await running.close();
  });

  it.each([Scope.REQUEST, Scope.TRANSIENT])('of scope %s that cannot be made fail their call alone', async (scope) => {
    let broken = true;
    @Injectable({ scope })
    class Fragile implements CanActivate {
      constructor() {
        if (broken) throw new Error('The directory is away');
      }
      canActivate(): boolean {
        return true;
      }
    }
    broken = false;
    const running = await start([{ provide: APP_GUARD, useClass: Fragile }]);
    const socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
    broken = true;
    expect(await socket.call('echo', [1], 1)).toMatchObject({ id: 1, error: { code: -32603 } });
    const answer = await postRpc(`${running.url}/rpc`, call('echo', [1]));
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('directory');
    broken = false;
    expect(await socket.call('echo', [1], 2)).toMatchObject({ id: 2, result: [1] });
    expect((await postRpc(`${running.url}/rpc`, call('echo', [1]))).json).toMatchObject({ result: [1] });
    await socket.close();
    await running.close();
  });

  it('are released with their calls', async () => {
    let [made, live] = [0, 0];
    const registry = new FinalizationRegistry<undefined>(() => (live -= 1));
    @Injectable({ scope: Scope.REQUEST })
    class Weighty implements CanActivate {
      readonly weight = new Array<number>(100).fill(1);
      constructor(@Inject(REQUEST) private readonly request: object) {
        made += 1;
        live += 1;
        registry.register(this, undefined);
      }
      canActivate(): boolean {
        return this.request !== undefined;
      }
    }
    const running = await start([{ provide: APP_GUARD, useClass: Weighty }]);
    const socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
    for (let n = 0; n < ROUNDS; n += 1) {
      socket.send(Array.from({ length: 100 }, (_unused, id) => call('echo', [1], id + 1)));
      await socket.next();
    }
    expect(made).toBeGreaterThanOrEqual(100 * ROUNDS);
    await waitFor('the garbage to be collected', () => {
      collect();
      return live < ROUNDS;
    });
    await socket.close();
    await running.close();
  });
});
