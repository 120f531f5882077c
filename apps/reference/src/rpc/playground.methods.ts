import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { RpcError, RpcMethod, RpcReply, type RpcTask, Task } from '@millrace/rpc';
import { z } from 'zod';

const PAIR = z.object({ minuend: z.number(), subtrahend: z.number() });
const NUMBERS = z.array(z.number());

const SLOW_STEPS = 10;
const SLOW_STEP_MS = 200;

/** Methods for those who try a client: the ones of the specification's examples, and one of every kind. */
@Injectable()
export class PlaygroundMethods {
  @RpcMethod('subtract', { description: 'Subtracts one number from another.', params: PAIR, result: z.number() })
  subtract({ minuend, subtrahend }: z.output<typeof PAIR>): number {
    return minuend - subtrahend;
  }

  @RpcMethod('sum', { description: 'Adds numbers.', params: NUMBERS, result: z.number() })
  sum(numbers: number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
  }

  @RpcMethod('get_data', {
    description: 'Answers a list of two.',
    result: z.array(z.union([z.string(), z.number()])),
  })
  getData(): (string | number)[] {
    return ['hello', 5];
  }

  @RpcMethod('update', { description: 'Takes numbers, and forgets them.', params: NUMBERS })
  update(_numbers: number[]): void {}

  @RpcMethod('notify_hello', { description: 'Takes numbers, and forgets them.', params: NUMBERS })
  notifyHello(_numbers: number[]): void {}

  @RpcMethod('notify_sum', { description: 'Takes numbers, and forgets them.', params: NUMBERS })
  notifySum(_numbers: number[]): void {}

  @RpcMethod('echo', { description: 'Answers its params.', result: z.any() })
  echo(params: unknown): unknown {
    return params;
  }

  @RpcMethod('echo-binary', {
    description: 'Answers the binary payload of the request.',
    result: z.object({ size: z.int().describe('Bytes of the payload') }),
  })
  echoBinary(@Task() { payload = Buffer.alloc(0) }: RpcTask): RpcReply {
    return new RpcReply({ size: payload.length }, payload);
  }

  @RpcMethod('nothing', { description: 'Takes nothing, does nothing, returns nothing.' })
  nothing(): void {}

  @RpcMethod('slow', {
    description: 'Takes about two seconds in ten steps, with progress.',
    async: true,
    result: z.string(),
  })
  async slow(@Task() task: RpcTask): Promise<string> {
    for (let step = 1; step <= SLOW_STEPS; step += 1) {
      await pause(SLOW_STEP_MS, undefined, { signal: task.signal });
      task.progress(`Step ${step} of ${SLOW_STEPS}`, step / SLOW_STEPS);
    }
    return 'done';
  }

  @RpcMethod('app-error', {
    description: 'Fails with an error of its own.',
    errors: [{ code: 1234, message: 'The playground was asked to fail' }],
  })
  appError(): never {
    throw new RpcError('The playground was asked to fail', { code: 1234, data: { asked: true } });
  }

  @RpcMethod('crash', { description: 'Throws an ordinary error.' })
  crash(): never {
    throw new Error('The playground was asked to crash');
  }
}
