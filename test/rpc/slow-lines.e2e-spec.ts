import { Injectable, Module } from '@nestjs/common';
import { RpcMethod, RpcModule, RpcReply } from '@millrace/rpc';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';
import { ThrottlingProxy } from '../support/throttling-proxy.js';
import { waitFor } from '../support/waiting.js';

const MIB = 1024 * 1024;
/** Far more than the operating systems between hold. */
const PAYLOAD = Buffer.alloc(10 * MIB, 'x');
/** How long a client may take nothing: several times less than the operating system takes nothing from the program. */
const STALL = 1000;
const SLOW = 1.25 * MIB;

@Injectable()
class Methods {
  @RpcMethod('large')
  large(): RpcReply {
    return new RpcReply({}, PAYLOAD);
  }
}

@Module({
  imports: [RpcModule.forRoot({ stallTimeout: STALL, progressInterval: 0 })],
  providers: [Methods],
})
class LargeReplies {}

describe.each(BOTH_HTTP_ADAPTERS)('Large replies on a slow line, on %s', (adapter) => {
  let running: RunningApplication;
  let line: ThrottlingProxy;
  let client: SocketClient;
  let closed: number | undefined;
  beforeEach(async () => {
    running = await startApplication([LargeReplies], { adapter });
    line = await ThrottlingProxy.start(Number(new URL(running.url).port));
    client = await SocketClient.open(`ws://127.0.0.1:${line.port}/rpc`, { perMessageDeflate: false });
    closed = undefined;
    client.ws.on('close', (code) => (closed = code));
    line.rates.down = SLOW;
    client.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'large' }));
  });
  const connections = (): Promise<number> =>
    new Promise((resolve) =>
      running.app.getHttpServer().getConnections((_error: unknown, count: number) => resolve(count)),
    );
  afterEach(async () => {
    client.ws.terminate();
    await line.close();
    await running.close();
  });

  it('rpc#S41: come whole to a client that takes them slowly', async () => {
    expect((await client.next(60_000)).data.length).toBeGreaterThan(PAYLOAD.length);
    client.send(JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'large' }));
    expect((await client.next(60_000)).data.length).toBeGreaterThan(PAYLOAD.length);
    expect(closed).toBeUndefined();
  }, 90_000);

  it('rpc#S41: end the socket of a client that stops to take anything', async () => {
    await waitFor('a part of the reply', () => line.received > 3 * MIB, { deadline: 30_000 });
    line.rates.down = 0;
    await waitFor('the end', async () => (await connections()) === 0, { deadline: 30 * STALL });
  }, 60_000);
});
