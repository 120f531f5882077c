import {
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  type ExecutionContext,
  Injectable,
  Module,
  type NestInterceptor,
  type PipeTransform,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { RpcError, RpcMethod, RpcModule, RpcReply, type RpcTask, Task } from '@millrace/rpc';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Observable } from 'rxjs';
import { z } from 'zod';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { THINGS_AWAITED, THINGS_THROWN, THINGS_UNWRITABLE } from '../support/things-thrown.js';
import { waitFor } from '../support/waiting.js';
import { postRpc } from './support/rpc-http.js';
import { RpcSocket } from './support/rpc-socket.js';

/** Throws what the params name; they are the last argument wherever a call goes. */
function throwNamed(params: unknown): never {
  const { thing } = params as { thing: number };
  throw THINGS_THROWN[thing]?.[1]();
}

class ThrowingGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return throwNamed(context.getArgByIndex(2));
  }
}

class ThrowingInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, _next: CallHandler): Observable<unknown> {
    return throwNamed(context.getArgByIndex(2));
  }
}

class ThrowingPipe implements PipeTransform {
  transform(value: unknown): unknown {
    return throwNamed(value);
  }
}

@Catch()
class ThrowingFilter implements ExceptionFilter {
  catch(_error: unknown, host: ArgumentsHost): unknown {
    return throwNamed(host.getArgByIndex(2));
  }
}

const THING = z.object({ thing: z.number() });
const THROWING = z.object({ thing: z.number() }).transform(throwNamed);
const THROWING_LATER: StandardSchemaV1 = {
  '~standard': { version: 1, vendor: 'test', validate: async (params) => throwNamed(params) },
};
const AWAITED: StandardSchemaV1 = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (params) => {
      const { thing, isWrong } = params as { thing: number; isWrong?: boolean };
      const result = isWrong ? { issues: [{ message: 'wrong' }] } : { value: params };
      return THINGS_AWAITED[thing]?.[1]<StandardSchemaV1.Result<unknown>>(result) as Promise<never>;
    },
  },
};
const THEN_THROWS: StandardSchemaV1 = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (params) => Object.defineProperty({ issues: [] }, 'then', { get: () => throwNamed(params) }),
  },
};

/** What is due in the calls of `onQuit` to come. */
const quits: (() => unknown)[] = [];

@Injectable()
class Throwing {
  @RpcMethod('atOnce', { params: THING }) atOnce(params: unknown): void {
    throwNamed(params);
  }

  @RpcMethod('later', { params: THING, async: true }) async later(
    params: unknown,
    @Task() task: RpcTask,
  ): Promise<void> {
    task.progress('Throwing', 0.5);
    await new Promise(setImmediate);
    throwNamed(params);
  }

  @RpcMethod('syncSchema', { params: THROWING, paramsSchema: {} }) schema(): void {}

  @RpcMethod('asyncSchema', { params: THROWING_LATER, paramsSchema: {} }) asyncSchema(): void {}

  @RpcMethod('schemaResult', { params: THEN_THROWS, paramsSchema: {} }) schemaResult(): void {}

  @RpcMethod('awaitedSchema', { params: AWAITED, paramsSchema: {} }) awaitedSchema({
    thing,
  }: {
    thing: number;
  }): number {
    return thing;
  }

  @RpcMethod('awaited', { params: THING }) awaited({ thing }: { thing: number }): unknown {
    return THINGS_AWAITED[thing]?.[1]('awaited');
  }

  @RpcMethod('guard', { params: THING }) @UseGuards(ThrowingGuard) guard(_params: unknown): void {}

  @RpcMethod('interceptor', { params: THING }) @UseInterceptors(ThrowingInterceptor) interceptor(
    _params: unknown,
  ): void {}

  @RpcMethod('pipe', { params: THING }) @UsePipes(ThrowingPipe) pipe(_params: unknown): void {}

  @RpcMethod('filter', { params: THING }) @UseFilters(ThrowingFilter) filter(_params: unknown): void {
    throw new Error('for the filter');
  }

  @RpcMethod('data', { params: THING }) data({ thing }: { thing: number }): void {
    throw new RpcError('with data', { code: 7, data: THINGS_UNWRITABLE[thing]?.[1]() });
  }

  @RpcMethod('result', { params: THING }) result({ thing }: { thing: number }): unknown {
    return THINGS_UNWRITABLE[thing]?.[1]();
  }

  @RpcMethod('resultLater', { params: THING }) async resultLater({ thing }: { thing: number }): Promise<unknown> {
    await new Promise(setImmediate);
    return THINGS_UNWRITABLE[thing]?.[1]();
  }

  @RpcMethod('reply', { params: THING }) async reply({ thing }: { thing: number }): Promise<unknown> {
    await new Promise(setImmediate);
    return new RpcReply(1, THINGS_UNWRITABLE[thing]?.[1]() as never);
  }

  @RpcMethod('good') async good(): Promise<string> {
    return 'good';
  }
}

@Module({ imports: [RpcModule.forRoot({ onQuit: () => quits.shift()?.() as void })], providers: [Throwing] })
class ThrowingModule {}

interface Reply {
  readonly id: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

const INTERNAL = { code: -32603, message: 'Internal error' };
const PLACES = [
  'atOnce',
  'later',
  'syncSchema',
  'asyncSchema',
  'schemaResult',
  'guard',
  'interceptor',
  'pipe',
  'filter',
];
const RESULTS = ['result', 'resultLater', 'reply'];

/** A batch of one call for each thing, and a good one between any two. */
function batchOf(method: string, things: readonly unknown[]): object[] {
  return things.flatMap((_thing, thing) => [
    { jsonrpc: '2.0', id: thing, method, params: { thing } },
    { jsonrpc: '2.0', id: `good ${thing}`, method: 'good' },
  ]);
}

/** Names of the things whose call was not answered as it is due, or that took another call along. */
function wrong(replies: readonly Reply[], things: typeof THINGS_THROWN, error: unknown): string[] {
  const byId = new Map(replies.map((reply) => [reply.id, reply]));
  return things.flatMap(([name], thing) => [
    ...(JSON.stringify(byId.get(thing)?.error) === JSON.stringify(error) ? [] : [name]),
    ...(byId.get(`good ${thing}`)?.result === 'good' ? [] : [`the call beside ${name}`]),
  ]);
}

/** The answer of a batch, behind the progress of its calls. */
async function answerOn(socket: RpcSocket): Promise<Reply[]> {
  for (;;) {
    const message = await socket.next();
    if (Array.isArray(message)) return message as unknown as Reply[];
  }
}

describe.each(BOTH_HTTP_ADAPTERS)('Whatever is thrown, on %s,', (adapter) => {
  let running: RunningApplication;
  beforeAll(async () => {
    running = await startApplication([ThrowingModule], { adapter });
  });
  afterAll(() => running.close());

  const bySocket = async (batch: object[]): Promise<Reply[]> => {
    const socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
    socket.send(batch);
    const replies = await answerOn(socket);
    expect(await socket.call('good')).toMatchObject({ result: 'good' });
    await socket.close();
    return replies;
  };
  const byPost = async (batch: object[]): Promise<Reply[]> =>
    (await postRpc(`${running.url}/rpc`, batch)).json as Reply[];

  describe.each([
    ['a socket', bySocket],
    ['a POST', byPost],
  ])('in a batch by %s,', (_way, ask) => {
    it.each(PLACES)('in %s, is the internal error of its own call', async (place) => {
      expect(wrong(await ask(batchOf(place, THINGS_THROWN)), THINGS_THROWN, INTERNAL)).toEqual([]);
    });

    it.each(RESULTS)('in %s that cannot be written, is the internal error of its own call', async (place) => {
      expect(wrong(await ask(batchOf(place, THINGS_UNWRITABLE)), THINGS_UNWRITABLE, INTERNAL)).toEqual([]);
    });

    it('is awaited where it is a promise, whoever made it', async () => {
      for (const [thing, [name]] of THINGS_AWAITED.entries()) {
        const replies = await ask([
          { jsonrpc: '2.0', id: 1, method: 'awaited', params: { thing } },
          { jsonrpc: '2.0', id: 2, method: 'awaitedSchema', params: { thing } },
          { jsonrpc: '2.0', id: 3, method: 'awaitedSchema', params: { thing, isWrong: true } },
        ]);
        const byId = replies.toSorted((a, b) => Number(a.id) - Number(b.id));
        expect([name, ...byId]).toMatchObject([
          name,
          { result: 'awaited' },
          { result: thing },
          { error: { code: -32602 } },
        ]);
      }
    });

    it('in data that cannot be written, leaves the error to its caller', async () => {
      const replies = await ask(batchOf('data', THINGS_UNWRITABLE));
      for (const [thing] of THINGS_UNWRITABLE.entries())
        expect(replies.find(({ id }) => id === thing)?.error).toMatchObject({ code: 7, message: 'with data' });
    });
  });

  it('in onQuit, harms nobody', async () => {
    for (const [, make] of THINGS_THROWN) {
      quits.push(() => {
        throw make();
      });
      quits.push(async () => {
        throw make();
      });
    }
    await Promise.all(
      [...quits].map(async () => {
        const socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
        expect(await socket.call('quit')).toMatchObject({ result: null });
        await socket.client.closed;
      }),
    );
    await waitFor('all of them', () => quits.length === 0);
    expect(await bySocket([{ jsonrpc: '2.0', id: 1, method: 'good' }])).toMatchObject([{ result: 'good' }]);
  });
});
