import * as http from 'node:http';
import { ConnectivityModule } from '@millrace/connectivity';
import { MillraceWsAdapter } from '@millrace/core';
import type { INestApplication, Type } from '@nestjs/common';
import * as platformExpress from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { HttpAdapterName } from '../support/applications.js';
import { readmeExample } from '../support/readme-example.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { runExample } from '../support/run-example.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { driverOf, SETUPS } from './drivers.js';
import { type RawResponse, rawRequest } from './raw-http.js';

const README_SECTION = 'Clients without a `Host` header';

/** The HTTP adapter as the README tells hosts to make it. */
async function hostlessAdapter(name: HttpAdapterName): Promise<platformExpress.ExpressAdapter> {
  if (name === 'fastify') return new FastifyAdapter({ http: { requireHostHeader: false } }) as never;
  const modules = { 'node:http': http, '@nestjs/platform-express': platformExpress };
  const code = readmeExample('connectivity', README_SECTION);
  const Adapter = await runExample<Type<platformExpress.ExpressAdapter>>(code, 'HostlessExpressAdapter', modules);
  return new Adapter();
}

let redis: RunningRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

describe.each(SETUPS)('Requests without Host on $adapter with $driver', ({ adapter, driver }) => {
  let app: INestApplication;
  let url: string;
  beforeAll(async () => {
    const imports = [ConnectivityModule.forRoot({ registry: driverOf(driver, redis) })];
    const module = await Test.createTestingModule({ imports }).compile();
    app = module.createNestApplication(await hostlessAdapter(adapter), { logger: false });
    app.useWebSocketAdapter(new MillraceWsAdapter(app));
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as { port: number };
    url = `http://127.0.0.1:${port}`;
  });
  afterAll(() => app.close());

  /** Two header fields and no other, as the C++ client sends them. */
  const post = (path: string, body: unknown): Promise<RawResponse> =>
    rawRequest(url, { path, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });

  it('connectivity#3: serves publish, lookup and retract', async () => {
    const connection = { connection_type: 1, data_type: 'TPSet', uid: 'a', uri: 'tcp://host:1' };
    const publication = { connections: [connection], partition: 'p' };
    expect(await post('/publish', publication)).toMatchObject({ status: 200, text: 'OK' });
    const found = await post('/getconnection/p', { data_type: 'TPSet', uid_regex: 'a' });
    expect([found.status, JSON.parse(found.text)]).toEqual([200, [{ ...connection, capacity: 0 }]]);
    const retraction = { connections: [{ connection_id: 'a', data_type: 'TPSet' }], partition: 'p' };
    expect(await post('/retract', retraction)).toMatchObject({ status: 200, text: 'OK' });
    expect((await post('/getconnection/p', { data_type: 'TPSet', uid_regex: 'a' })).status).toBe(404);
  });

  it('connectivity#3: keeps serving requests with Host, and sockets', async () => {
    expect((await rawRequest(url, { method: 'GET', path: '/live', host: 'registry' })).text).toBe('OK');
    const socket = await SocketClient.open(`${url.replace('http', 'ws')}/connections/p/watch`);
    await waitFor('the set', () => socket.frames.length === 1);
    await socket.close();
  });
});
