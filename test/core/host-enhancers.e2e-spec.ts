import { Controller, Get, Module } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { ConnectorHub } from '@millrace/connector';
import { RpcError, RpcMethod, RpcModule } from '@millrace/rpc';
import { StreamStore } from '@millrace/stream-store';
import { readBinaryFrame } from '../support/binary-frame.js';
import { BOTH_HTTP_ADAPTERS, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { postRpc } from '../rpc/support/rpc-http.js';
import { RpcSocket } from '../rpc/support/rpc-socket.js';
import { type Places, PLACES, sourceOf, startBehind } from './support/guarded-places.js';
import { expireLimits, forgetKept, HOST_ENHANCERS } from './support/host-enhancers.js';

const BYTES = Buffer.from([0, 255, 128, 10, 13]);

@Controller('health')
class HealthController {
  constructor(private readonly health: HealthCheckService) {}

  @Get() @HealthCheck() check(): Promise<object> {
    return this.health.check([() => ({ host: { status: 'up' } })]);
  }
}

describe.each(BOTH_HTTP_ADAPTERS)('Global enhancers of a host on %s', (adapter) => {
  it('do not take what a caller sends for the request', async () => {
    const places = await startBehind({ providers: [HOST_ENHANCERS['a guard for roles']!] }, adapter);
    const rpc = await RpcSocket.open(`${places.hub.wsUrl}/rpc`);
    const params = { user: { roles: ['admin'] } };
    expect(await rpc.call('for-admins', params)).toMatchObject({ error: { code: -32003 } });
    await rpc.close();
    await places.close();
  });

  it('that fail with calls are named in the log, once for each method', async () => {
    const warned: unknown[] = [];
    const nothing = (): void => undefined;
    const logger = { log: nothing, error: nothing, debug: nothing, warn: (text: unknown) => void warned.push(text) };
    class Methods {
      @RpcMethod('odd') odd(): never {
        throw new RpcError('odd', { code: 7 });
      }
    }
    @Module({
      imports: [RpcModule.forRoot()],
      providers: [Methods, HOST_ENHANCERS['a filter that answers by the response']!],
    })
    class MethodsModule {}
    const running = await startApplication([MethodsModule], { adapter, logger });
    for (const id of [1, 2]) {
      const { json } = await postRpc(`${running.url}/rpc`, { jsonrpc: '2.0', id, method: 'odd' });
      expect(json).toMatchObject({ id, error: { code: 7 } });
    }
    const told = warned.filter((text) => String(text).includes('exception filter'));
    expect(told).toEqual([expect.stringMatching(/failed for Methods\.odd .*host\.getType\(\) is "rpc"/)]);
    await running.close();
  });

  describe.each(Object.keys(HOST_ENHANCERS))('%s', (name) => {
    let places: Places;
    beforeAll(async () => {
      forgetKept();
      const host = {
        imports: [TerminusModule],
        controllers: [HealthController],
        providers: [HOST_ENHANCERS[name]!],
      };
      places = await startBehind(host, adapter);
      await waitFor('the connection', () => sourceOf(places).isConnected);
    });
    afterAll(() => places.close());

    it.each(PLACES)('leaves $name as it is', async ({ use, allowed }) => {
      places.seen.events.length = 0;
      expect(await use(places)).toEqual(allowed);
      expect(await use(places)).toBeDefined();
    });

    it('leaves errors and binary payloads of calls as they are', async () => {
      const { hub } = places;
      const rpc = await RpcSocket.open(`${hub.wsUrl}/rpc`);
      expect(await rpc.call('nothing', undefined, 1)).toMatchObject({ id: 1, result: 'nothing' });
      expect(await rpc.call('odd', undefined, 2)).toMatchObject({ id: 2, error: { code: 7, message: 'odd' } });
      expect(await rpc.call('echo', { method: 'GET', url: '/streams', originalUrl: '/streams' }, 3)).toMatchObject({
        result: { method: 'GET', url: '/streams' },
      });
      rpc.send({ jsonrpc: '2.0', id: 4, method: 'picture' });
      const { data, isBinary } = await rpc.client.next();
      expect(isBinary).toBe(true);
      const { message, payload } = readBinaryFrame(data);
      expect(message).toMatchObject({ id: 4, result: { width: 1 } });
      expect(payload).toEqual(Buffer.from([0, 255, 7]));
      await rpc.close();
      const { json } = await postRpc(`${hub.url}/rpc`, { jsonrpc: '2.0', id: 5, method: 'missing' });
      expect(json).toMatchObject({ error: { code: -32601 } });
    });

    it('leaves entries, their consumers and notifications as they are', async () => {
      const { hub, seen } = places;
      seen.events.length = 0;
      const push = await SocketClient.open(`${hub.wsUrl}/data/binary/push?ack=true`);
      push.send(BYTES);
      await push.next();
      await push.close();
      const answer = await fetch(`${hub.url}/data/binary?last_entry_id=0&count=1`);
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(BYTES);
      const pull = await SocketClient.open(`${hub.wsUrl}/data/binary/pull?last_entry_id=0`);
      await pull.next();
      expect((await pull.next()).data).toEqual(BYTES);
      await pull.close();
      // At an address of its own: an interceptor may keep what another has asked for.
      expect(await (await fetch(`${hub.url}/streams?for=entries`)).json()).toContain('binary');
      await hub.app.get(StreamStore, { strict: false }).append('consumed', [Buffer.from('1')]);
      await waitFor('the entry', () => seen.events.includes('entry 1'));
      await sourceOf(places).notify({ n: 1 });
      await waitFor('the notification', () => seen.events.includes('notification 1'));
      expect(await hub.app.get(ConnectorHub, { strict: false }).query('s', {})).toEqual([{ row: 1 }]);
    });

    it('leaves the state of a handshake as it is', async () => {
      for (const _round of [1, 2]) {
        const own = await SocketClient.open(`${places.hub.wsUrl}/own/1`);
        expect(await own.nextText()).toBe('own');
        await own.close();
      }
    });

    it('leaves answers that flow on as they are, and health checks', async () => {
      const { hub } = places;
      const { body } = await fetch(`${hub.url}/connections/flowing/watch`);
      const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      const readTo = async (part: string): Promise<void> => {
        while (!text.includes(part)) {
          const { value, done } = await reader.read();
          if (done) throw new Error(`The events ended after ${text}`);
          text += value;
        }
      };
      await readTo('\n');
      expireLimits();
      const connections = [{ uid: 'later', uri: 'tcp://h:1', data_type: 'T', connection_type: 0 }];
      const message = { partition: 'flowing', connections };
      const headers = { 'content-type': 'application/json' };
      const published = await fetch(`${hub.url}/publish`, { method: 'POST', headers, body: JSON.stringify(message) });
      expect(published.status).toBe(200);
      await readTo('later');
      await reader.cancel();
      expect(await (await fetch(`${hub.url}/health`)).json()).toMatchObject({ status: 'ok' });
    });
  });
});
