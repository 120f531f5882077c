import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Module } from '@nestjs/common';
import { RpcError, RpcMethod, RpcReply, type RpcTask, Task } from '@millrace/rpc';
import { z } from 'zod';
import { waitFor } from '../../support/waiting.js';

const PAIR = z.object({ minuend: z.number(), subtrahend: z.number() });
const NUMBERS = z.array(z.number());
const CAMERA = z.strictObject({
  name: z.string(),
  camera: z.object({ position: z.array(z.number()).length(3), zoom: z.number().min(0.1).max(10).optional() }),
  mode: z.enum(['fast', 'fine']).default('fast'),
});

/** Methods of every kind, for the tests. */
@Injectable()
export class Playground {
  /** What notifications left behind. */
  readonly notes: unknown[] = [];
  /** Let the calls of `stubborn` and `patient` end. */
  private readonly held: (() => void)[] = [];
  readonly aborted: string[] = [];

  @RpcMethod('subtract', { description: 'Subtracts.', params: PAIR, result: z.number() })
  subtract({ minuend, subtrahend }: z.output<typeof PAIR>): number {
    return minuend - subtrahend;
  }

  @RpcMethod('sum', { description: 'Adds.', params: NUMBERS, result: z.number() })
  sum(numbers: number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
  }

  @RpcMethod('get_data', { result: z.array(z.union([z.string(), z.number()])) })
  getData(): unknown[] {
    return ['hello', 5];
  }

  @RpcMethod('update', { params: NUMBERS })
  update(numbers: number[]): void {
    this.notes.push({ update: numbers });
  }

  @RpcMethod('notify_hello', { params: NUMBERS })
  hello(numbers: number[]): void {
    this.notes.push({ hello: numbers });
  }

  @RpcMethod('notify_sum', { params: NUMBERS })
  notifySum(numbers: number[]): void {
    this.notes.push({ sum: numbers });
  }

  @RpcMethod('echo', { description: 'Answers its params.', result: z.any() })
  echo(params: unknown): unknown {
    return params;
  }

  @RpcMethod('echo-binary', { description: 'Answers the binary payload.', result: z.object({ size: z.int() }) })
  echoBinary(@Task() task: RpcTask): RpcReply {
    const payload = task.payload ?? Buffer.alloc(0);
    return new RpcReply({ size: payload.length }, payload);
  }

  @RpcMethod('nothing')
  nothing(): void {
    this.notes.push('nothing');
  }

  @RpcMethod('slow', {
    description: 'Works in steps.',
    async: true,
    params: z.object({ steps: z.int().default(10), pause: z.number().default(10) }),
    result: z.string(),
  })
  async slow({ steps, pause: milliseconds }: { steps: number; pause: number }, @Task() task: RpcTask): Promise<string> {
    task.signal.addEventListener('abort', () => this.aborted.push((task.signal.reason as Error).name));
    for (let step = 1; step <= steps; step += 1) {
      task.progress('Working', step / steps);
      await pause(milliseconds, undefined, { signal: task.signal });
    }
    return 'done';
  }

  @RpcMethod('stubborn', { description: 'Runs until it is let go; heeds no signal.', async: true, result: z.string() })
  async stubborn(): Promise<string> {
    await new Promise<void>((resolve) => this.held.push(resolve));
    return 'kept on';
  }

  @RpcMethod('patient', { description: 'Runs until it is let go; cannot be cancelled.', result: z.string() })
  async patient(): Promise<string> {
    await new Promise<void>((resolve) => this.held.push(resolve));
    return 'waited';
  }

  /** Ends the calls of `stubborn` and `patient`, once so many run. */
  async letGo(count: number): Promise<void> {
    await waitFor(`${count} calls that run`, () => this.held.length === count);
    for (const end of this.held.splice(0)) end();
  }

  @RpcMethod('wait', {
    description: 'Waits; cannot be cancelled.',
    params: z.object({ milliseconds: z.number() }),
    result: z.string(),
  })
  async wait({ milliseconds }: { milliseconds: number }): Promise<string> {
    await pause(milliseconds);
    return 'waited';
  }

  @RpcMethod('hasty', { description: 'Runs out of time, then rejects.', timeout: 20 })
  async hasty(): Promise<void> {
    await pause(60);
    throw new Error('too late');
  }

  @RpcMethod('move', { description: 'Has a schema of every kind.', params: CAMERA, result: CAMERA })
  move(params: z.output<typeof CAMERA>): z.output<typeof CAMERA> {
    return params;
  }

  @RpcMethod('app-error', { errors: [{ code: 1234, message: 'An error of the application' }] })
  appError(): never {
    throw new RpcError('An error of the application', { code: 1234, data: { reason: 'asked for' } });
  }

  @RpcMethod('plain-error')
  plainError(): never {
    throw new RpcError('No code');
  }

  @RpcMethod('crash')
  crash(): never {
    throw new Error('secret details');
  }

  @RpcMethod('reject')
  async reject(): Promise<never> {
    throw new Error('secret details');
  }

  @RpcMethod('throw-text')
  throwText(): never {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- hosts do throw such things
    throw 'secret text';
  }

  @RpcMethod('odd', {
    description: 'Answers what has no JSON.',
    params: z.object({ kind: z.string() }),
    result: z.any(),
  })
  odd({ kind }: { kind: string }): unknown {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    const values: Record<string, unknown> = {
      cycle,
      bigint: 10n,
      undefined: undefined,
      function: () => 1,
      symbol: Symbol('odd'),
      infinity: Infinity,
      toJSON: {
        toJSON: () => {
          throw new Error('secret details');
        },
      },
      thenThrows: {
        then: () => {
          throw new Error('secret details');
        },
      },
    };
    return values[kind];
  }
}

/** The built-in methods, which every application has besides. */
export const CORE_METHODS = ['registry', 'schema', 'get-version', 'cancel'];

@Module({ providers: [Playground], exports: [Playground] })
export class PlaygroundModule {}
