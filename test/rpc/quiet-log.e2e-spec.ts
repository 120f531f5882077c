import { once } from 'node:events';
import { Catch, type ExceptionFilter, Injectable, type LoggerService, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { RpcMethod, RpcModule, type RpcTask, Task } from '@millrace/rpc';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';
import { PlaygroundModule } from './support/playground.js';
import { RpcSocket } from './support/rpc-socket.js';

/** Any global filter makes Nest handle the errors of every method. */
@Catch(SyntaxError)
class HostFilter implements ExceptionFilter {
  catch(error: SyntaxError): never {
    throw error;
  }
}

/** Work that ends by an error of its own when it is stopped, as that of most libraries does. */
@Injectable()
class Work {
  stopped = 0;

  @RpcMethod('work', { async: true })
  async work(@Task() task: RpcTask): Promise<never> {
    task.progress('Begun', 0);
    await once(task.signal, 'abort');
    this.stopped += 1;
    throw new Error('The work was stopped');
  }
}

@Module({ providers: [Work, { provide: APP_FILTER, useClass: HostFilter }] })
class HostModule {}

/** Keeps what is worth an operator's look. */
class ErrorLog implements LoggerService {
  readonly lines: string[] = [];
  log(): void {}
  warn(message: unknown): void {
    this.lines.push(String(message));
  }
  error(message: unknown): void {
    this.lines.push(String(message));
  }
}

describe('The log of an application with a global exception filter', () => {
  const log = new ErrorLog();
  let running: RunningApplication;
  let socket: RpcSocket;
  beforeAll(async () => {
    running = await startApplication([RpcModule.forRoot(), PlaygroundModule, HostModule], { logger: log });
    socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
  });
  afterAll(() => running.close());
  afterEach(() => log.lines.splice(0));

  it('rpc#S27: has no error for what callers do wrong, nor for what a method answers on purpose', async () => {
    expect(await socket.call('subtract', { minuend: 'x' }, 1)).toMatchObject({ error: { code: -32602 } });
    expect(await socket.call('schema', { endpoint: 'nothing here' }, 1)).toMatchObject({ error: { code: -32601 } });
    expect(await socket.call('app-error', undefined, 1)).toMatchObject({ error: { code: 1234 } });
    expect(log.lines).toEqual([]);
  });

  it('rpc#S31: has none for a cancelled call, whose work ends by an error of its own', async () => {
    expect(await socket.call('work', undefined, 2)).toMatchObject({ method: 'work' });
    socket.send({ jsonrpc: '2.0', id: 3, method: 'cancel', params: { id: 2 } });
    const answers = new Map<unknown, unknown>();
    while (answers.size < 2) {
      const message = await socket.next();
      if ('id' in message) answers.set(message['id'], message);
    }
    expect(answers.get(2)).toMatchObject({ error: { code: 20 } });
    expect(log.lines).toEqual([]);
  });

  it('rpc#S35: has none for a client that goes away, and the filter is not asked', async () => {
    const work = running.app.get(Work);
    work.stopped = 0;
    const other = await RpcSocket.open(`${running.wsUrl}/rpc`);
    await other.call('work', undefined, 1);
    await other.close();
    await waitFor('the end of its call', () => work.stopped === 1);
    // Its rejection has been dealt with when another call has been answered.
    await socket.call('get_data');
    expect(log.lines).toEqual([]);
  });

  it('rpc#S28: has what nobody foresaw', async () => {
    expect(await socket.call('crash', undefined, 1)).toMatchObject({ error: { code: -32603 } });
    expect(log.lines).toContainEqual(expect.stringContaining('"crash" failed: Error: secret details'));
  });
});
