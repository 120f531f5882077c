import { Injectable, Module } from '@nestjs/common';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuthModule, developmentUsers, fileUsers } from '@millrace/auth';
import { ConnectivityModule } from '@millrace/connectivity';
import {
  ConnectorHub,
  ConnectorHubModule,
  ConnectorModule,
  OnPublish,
  OnQuery,
  SourceHandler,
} from '@millrace/connector';
import { RpcMethod, RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStoreModule } from '@millrace/stream-store';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { readmeExample } from '../support/readme-example.js';
import { login } from '../support/reference.js';
import { waitFor } from '../support/waiting.js';
import { InfoModule } from './support/info-server.js';
import { runExample } from './support/run-example.js';

@SourceHandler('thermostat')
class Thermostat {
  readonly published: unknown[] = [];

  @OnPublish() apply(target: unknown): void {
    this.published.push(target);
  }

  @OnQuery() async *readings({ count = 0 }: { count?: number }): AsyncIterable<unknown> {
    for (let index = 0; index < count; index += 1) yield { index };
  }
}

@Injectable()
class Calculator {
  @RpcMethod('subtract')
  subtract([minuend = 0, subtrahend = 0]: number[]): number {
    return minuend - subtrahend;
  }
}

@Module({ providers: [Calculator] })
class CalculatorModule {}

const README = join(__dirname, '../../libs/client/README.md');

let server: RunningApplication;
let connector: RunningApplication;
let home: string;
let uri: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'millrace-home-'));
  const managedUsers = fileUsers({ path: join(home, 'users.json') });
  await managedUsers.add({ name: 'bob', password: 'correct horse', scopes: ['rpc'] });
  server = await startApplication([
    AuthModule.forRoot({
      jwt: { secret: 'a secret of at least thirty-two bytes' },
      users: developmentUsers(),
      managedUsers,
      dataDirectory: home,
    }),
    StreamStoreModule.forRoot({ store: memoryStore(), public: true }),
    ConnectivityModule.forRoot({}),
    ConnectorHubModule.forRoot({ sources: { thermostat: {} } }),
    RpcModule.forRoot({ paths: ['/rpc'] }),
    CalculatorModule,
    InfoModule,
  ]);
  uri = new URL(server.url).host;
  const authToken = await login(server.url);
  @Module({
    imports: [ConnectorModule.forRoot({ targetServer: server.url, authToken, sources: ['thermostat'] })],
    providers: [Thermostat],
  })
  class ConnectorApplication {}
  connector = await startApplication([ConnectorApplication]);
  const hub = server.app.get(ConnectorHub);
  await waitFor('the source', async () => (await hub.sources())[0]?.state === 'connected');
  jest.spyOn(os, 'homedir').mockReturnValue(home);
});
afterAll(async () => {
  jest.restoreAllMocks();
  await connector?.close();
  await server?.close();
  await rm(home, { recursive: true });
});

const example = (heading: string, index?: number): Promise<unknown[][]> =>
  runExample(readmeExample('client', heading, index), uri);

it('the profile file is read, and connect() finds the server in it', async () => {
  const [, profiles = ''] = /^```yaml\n([\s\S]*?)^```/m.exec(await readFile(README, 'utf8')) ?? [];
  await mkdir(join(home, '.millrace'));
  await writeFile(join(home, '.millrace/credentials.yaml'), profiles.replace('localhost:7890', uri));
  expect(await example('Reach a server')).toEqual([['test', []]]);
  const resolved = await example('Finding the server');
  const research = ['one.example.com', 'two.example.com'].map((host) => expect.objectContaining({ host, tls: true }));
  expect(resolved).toEqual([[research, true, expect.stringContaining('profile "research"'), []]]);
});

it('the example of streams runs', async () => {
  const printed = await example('Streams');
  expect(printed.filter(([, length]) => length !== undefined)).toEqual([
    ['camera', 3],
    ['camera', 8],
    ['camera', 11],
    [3, { max_len: 5000 }],
  ]);
  expect(printed).toContainEqual(['22 bytes are stored']);
  expect(printed).toContainEqual([expect.stringMatching(/^\d+-\d+$/)]);
});

it('the example of the registry runs', async () => {
  const found = { uid: 'trigger', uri: 'tcp://host:1234', dataType: 'TPSet', connectionType: 0, capacity: 0 };
  expect(await example('Registry')).toEqual([['session-1', [found]], ['1 are there']]);
});

it('the example of users, keys and tokens runs', async () => {
  expect(await example('Users, keys and tokens')).toEqual([
    ['ann', 'token', ['*'], expect.stringMatching(/^\d{4}-/)],
    ['bob', ['rpc']],
  ]);
});

it('the example of sources runs', async () => {
  expect(await example('Sources')).toEqual([['thermostat', 'connected'], [0], [1], [2]]);
  await waitFor('the publication', () => connector.app.get(Thermostat).published.length > 0);
  expect(connector.app.get(Thermostat).published).toEqual([{ target: 21 }]);
});

it('the example of RPC methods runs', async () => {
  expect(await example('RPC methods')).toEqual([[19]]);
});
