import { once } from 'node:events';
import * as clientForNest from '@millrace/client/nest';
import * as millraceCore from '@millrace/core';
import * as rpc from '@millrace/rpc';
import type { INestApplication, Type } from '@nestjs/common';
import * as common from '@nestjs/common';
import * as core from '@nestjs/core';
import * as zod from 'zod';
import { startApplication } from '../support/applications.js';
import { readBinaryFrame } from '../support/binary-frame.js';
import { readmeExample } from '../support/readme-example.js';
import { runExample } from '../support/run-example.js';
import { postRpc } from './support/rpc-http.js';
import { RpcSocket } from './support/rpc-socket.js';

const MODULES: Record<string, unknown> = {
  '@nestjs/common': common,
  '@nestjs/core': core,
  '@millrace/client/nest': clientForNest,
  '@millrace/core': millraceCore,
  '@millrace/rpc': rpc,
  zod,
};

/** Runs an example; answers what it leaves in a variable. */
const run = <Result>(code: string, result: string, given: Record<string, unknown> = {}): Promise<Result> =>
  runExample(code, result, MODULES, given);

@common.Injectable()
class RemoteRenderer {
  @rpc.RpcMethod('render', { async: true })
  render(params: unknown, @rpc.Task() task: rpc.RpcTask): rpc.RpcReply {
    task.progress('Drawing', 0.5);
    return new rpc.RpcReply({ size: 3 }, Buffer.from([1, 2, 3]));
  }
}

describe('Examples of the README', () => {
  it('a method', async () => {
    const code = readmeExample('rpc', 'A method').replace('NestFactory.create', 'create');
    const create = (type: unknown): unknown => core.NestFactory.create(type as Type, { logger: false });
    const app = await run<INestApplication>(code.replace('3000', '0'), 'app', { create });
    const request = { jsonrpc: '2.0', id: 1, method: 'subtract', params: [42, 23] };
    const url = await app.getUrl();
    expect((await postRpc(`${url.replace('[::1]', 'localhost')}/rpc`, request)).json).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: 19,
    });
    await app.close();
  });

  it('a client', async () => {
    const server = await startApplication([
      rpc.RpcModule.forRoot(),
      { module: class Remote {}, providers: [RemoteRenderer] },
    ]);
    const log: unknown[] = [];
    const given = { console: { log: (...line: unknown[]) => log.push(line) } };
    const code = readmeExample('client', 'Clients in a Nest application').replace(
      'localhost:5000',
      `${new URL(server.url).host}/rpc`,
    );
    const { PicturesModule, Pictures } = await run<Record<'PicturesModule' | 'Pictures', Type>>(
      code,
      '{ PicturesModule, Pictures }',
      given,
    );
    const client = await startApplication([PicturesModule], { sockets: false });
    const pictures = client.app.get<{ take(): Promise<Uint8Array> }>(Pictures);
    expect([...(await pictures.take())]).toEqual([1, 2, 3]);
    expect(log).toEqual([['Drawing', 0.5]]);
    await client.close();
    await server.close();
  });

  it('progress, cancellation and a binary reply', async () => {
    const drawRow = async (pixels: Buffer, row: number, signal: AbortSignal): Promise<void> => {
      pixels.fill(row, row);
      // The large one goes on until it is cancelled.
      if (pixels.length === 1000 && !signal.aborted) await once(signal, 'abort');
    };
    const Renderer = await run<Type>(readmeExample('rpc', 'Progress'), 'Renderer', { drawRow });
    const running = await startApplication([
      rpc.RpcModule.forRoot(),
      { module: class Methods {}, providers: [Renderer] },
    ]);
    const socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
    socket.send({ jsonrpc: '2.0', id: 1, method: 'render', params: { width: 2, height: 2 } });
    expect(await socket.next()).toMatchObject({ params: { id: 1, operation: 'Rendering', amount: 0 } });
    expect(await socket.next()).toMatchObject({ params: { id: 1, operation: 'Rendering', amount: 0.5 } });
    const { message, payload } = readBinaryFrame((await socket.client.next()).data);
    expect(message['result']).toEqual({ width: 2, height: 2 });
    expect(payload).toHaveLength(4);
    socket.send({ jsonrpc: '2.0', id: 2, method: 'render', params: { width: 1, height: 1000 } });
    socket.send({ jsonrpc: '2.0', id: 3, method: 'cancel', params: { id: 2 } });
    const answers: unknown[] = [];
    while (answers.length < 2) {
      const one = await socket.next();
      if (one['method'] === undefined) answers.push(one);
    }
    expect(answers).toMatchObject([
      { id: 3, result: null },
      { id: 2, error: { code: 20 } },
    ]);
    await running.close();
  });
});
