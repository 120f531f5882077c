/**
 * One small program for each package: it imports nothing else of ours, starts, does one real exchange, and ends. Written
 * so that it is good both as an ES module and as CommonJS.
 */
export const PROGRAMS: Readonly<Record<string, string>> = {
  protocol: `
import { joinBinaryFrame, splitBinaryFrame } from '@millrace/protocol';

const parts = splitBinaryFrame(joinBinaryFrame('{}', new Uint8Array([1, 2, 3])));
if (parts?.text !== '{}' || parts.payload.length !== 3) throw new Error('split');
console.log('protocol runs');
`,
  files: `
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdFolder, readIfThere, withFileLock } from '@millrace/files';

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'files-'));
  const release = holdFolder(folder);
  let refused = false;
  try {
    holdFolder(folder);
  } catch {
    refused = true;
  }
  release();
  holdFolder(folder)();
  await withFileLock(join(folder, 'file'), (replace) => replace('kept'));
  const text = await readIfThere(join(folder, 'file'));
  const locked = existsSync(join(folder, 'file.lock'));
  rmSync(folder, { recursive: true });
  if (!refused || text !== 'kept' || !locked) throw new Error('not held');
}
void main().then(() => console.log('files runs'));
`,
  core: `
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MillraceSocketsModule, MillraceWsAdapter, type SocketConnection, SocketEndpoint, type SocketHandler } from '@millrace/core';
import { WebSocket } from 'ws';

@SocketEndpoint({ path: '/echo/:name' })
@Injectable()
class Echo implements SocketHandler<void> {
  handshake(): void {}
  handleConnection(connection: SocketConnection<void>): void {
    connection.onMessage((data) => connection.ws.send(\`\${connection.params['name']} \${data.toString()}\`));
  }
}

@Module({ imports: [MillraceSocketsModule], providers: [Echo] })
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: false });
  app.useWebSocketAdapter(new MillraceWsAdapter(app));
  await app.listen(0, '127.0.0.1');
  const socket = new WebSocket((await app.getUrl()).replace('http', 'ws') + '/echo/a');
  const answer = await new Promise<string>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => socket.send('hello'));
    socket.once('message', (data) => resolve(String(data)));
  });
  await app.close();
  if (answer !== 'a hello') throw new Error(answer);
}
void main().then(() => console.log('core runs'));
`,
  accounts: `
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiKeyFile, UserFile } from '@millrace/accounts';

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'accounts-'));
  await UserFile.in(folder).add({ name: 'me', password: 'correct horse', scopes: ['*'] });
  const user = await UserFile.in(folder).verify('me', 'correct horse');
  const { key, record } = await ApiKeyFile.in(folder).create({ name: 'mine', scopes: ['*'] });
  const [listed] = await ApiKeyFile.in(folder).list();
  rmSync(folder, { recursive: true });
  if (user?.scopes[0] !== '*' || listed?.id !== record.id || !key.startsWith('mr_')) throw new Error('not kept');
}
void main().then(() => console.log('accounts runs'));
`,
  auth: `
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthModule, CurrentPrincipal, developmentUsers } from '@millrace/auth';

@Controller()
class WhoController {
  @Get('who')
  who(@CurrentPrincipal() principal: { subject: string }): string {
    return principal.subject;
  }
}

@Module({
  imports: [AuthModule.forRoot({ jwt: { secret: 'a secret of at least thirty-two bytes' }, users: developmentUsers() })],
  controllers: [WhoController],
})
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const body = new URLSearchParams({ username: 'me', password: 'me' });
  const { access_token } = (await (await fetch(url + '/token', { method: 'POST', body })).json()) as { access_token: string };
  const refused = await fetch(url + '/who');
  const answer = await (await fetch(url + '/who', { headers: { Authorization: \`Bearer \${access_token}\` } })).text();
  await app.close();
  if (refused.status !== 401 || answer !== 'me') throw new Error(answer);
}
void main().then(() => console.log('auth runs'));
`,
  'stream-store': `
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { embeddedStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';

const directory = mkdtempSync(join(tmpdir(), 'streams-'));

@Module({ imports: [StreamStoreModule.forRoot({ store: embeddedStore({ directory }), sockets: false })] })
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const form = new FormData();
  form.append('entries', new Blob(['hello']), 'a');
  const [id] = (await (await fetch((await app.getUrl()) + '/data/greetings', { method: 'POST', body: form })).json()) as string[];
  const { entries } = await app.get(StreamStore).readAfter('greetings', '0-0', { count: 1 });
  await app.close();
  rmSync(directory, { recursive: true });
  if (entries[0]?.id !== id || entries[0]?.data.toString() !== 'hello') throw new Error('not stored');
}
void main().then(() => console.log('stream-store runs'));
`,
  connectivity: `
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MillraceWsAdapter } from '@millrace/core';
import { ConnectivityModule } from '@millrace/connectivity';

@Module({ imports: [ConnectivityModule.forRoot({ ttl: '10s' })] })
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: false });
  app.useWebSocketAdapter(new MillraceWsAdapter(app));
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const connections = [{ uid: 'a', uri: 'tcp://h:1', data_type: 'T', connection_type: 0 }];
  await fetch(url + '/publish', { method: 'POST', body: JSON.stringify({ partition: 'p', connections }) });
  const query = JSON.stringify({ uid_regex: 'a', data_type: 'T' });
  const found = (await (await fetch(url + '/getconnection/p', { method: 'POST', body: query })).json()) as { uri: string }[];
  await app.close();
  if (found[0]?.uri !== 'tcp://h:1') throw new Error('not found');
}
void main().then(() => console.log('connectivity runs'));
`,
  connector: `
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MillraceWsAdapter } from '@millrace/core';
import { ConnectorHub, ConnectorHubModule } from '@millrace/connector';

@Module({ imports: [ConnectorHubModule.forRoot()] })
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: false });
  app.useWebSocketAdapter(new MillraceWsAdapter(app));
  await app.listen(0, '127.0.0.1');
  const answer = await fetch((await app.getUrl()) + '/sources');
  if (!app.get(ConnectorHub) || answer.status !== 200) throw new Error(String(answer.status));
  await app.close();
}
void main().then(() => console.log('connector runs'));
`,
  rpc: `
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MillraceWsAdapter } from '@millrace/core';
import { RpcMethod, RpcModule } from '@millrace/rpc';

@Injectable()
class Greeter {
  @RpcMethod('greet', { description: 'Greets.' })
  greet(params: unknown): string {
    return 'hello ' + JSON.stringify(params);
  }
}

@Module({ imports: [RpcModule.forRoot({ paths: ['/rpc'] })], providers: [Greeter] })
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: false });
  app.useWebSocketAdapter(new MillraceWsAdapter(app));
  await app.listen(0, '127.0.0.1');
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'greet', params: [1] });
  const answer = await fetch((await app.getUrl()) + '/rpc', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
  const { result } = (await answer.json()) as { result: string };
  await app.close();
  if (result !== 'hello [1]') throw new Error(result);
}
void main().then(() => console.log('rpc runs'));
`,
  console: `
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConsoleModule } from '@millrace/console';

@Module({ imports: [ConsoleModule.forRoot()] })
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const page = await (await fetch(url + '/console')).text();
  const files = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path = '']) => new URL(path, url + '/console').href);
  const statuses = await Promise.all(files.map(async (file) => (await fetch(file)).status));
  const { features } = (await (await fetch(url + '/console/config.json')).json()) as { features: object };
  const statistics = (await fetch(url + '/statistics')).status;
  await app.close();
  if (files.length < 3 || statuses.some((status) => status !== 200)) throw new Error(files.join() + statuses.join());
  if (!('statistics' in features) || statistics !== 200) throw new Error(JSON.stringify(features) + statistics);
}
void main().then(() => console.log('console runs'));
`,
  client: `
import { createServer } from 'node:http';
import { connect, Connector, ConnectionRefusedError } from '@millrace/client';
import { WebSocketServer } from 'ws';

/** By the lines of the README, as far as a server of a few lines can answer. */
async function reached(): Promise<void> {
  const info = { majorVersion: 5, minorVersion: 1, build: 'b', proxy: { proxyEndpoints: [] } };
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(request.url === '/streams' ? ['camera'] : info));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = \`127.0.0.1:\${(server.address() as { port: number }).port}\`;
  const millrace = await connect(endpoint, { token: 't' });
  const { build } = await millrace.info();
  const names: string[] = await millrace.streams.list();
  await millrace.close();
  await new Promise((resolve) => server.close(resolve));
  if (build !== 'b' || names.join() !== 'camera') throw new Error(build + names.join());
  const failure: unknown = await connect(endpoint, { token: 't' }).catch((error: unknown) => error);
  if (!(failure instanceof ConnectionRefusedError)) throw new Error(String(failure));
}

async function main(): Promise<void> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      const { id, params } = JSON.parse(String(data)) as { id: number; params: unknown };
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, result: params }));
    }),
  );
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const instance = await new Connector({ uri: \`127.0.0.1:\${port}\` }).connect();
  const result = await instance.request('echo', [1]);
  await instance.disconnect();
  server.close();
  if (JSON.stringify(result) !== '[1]') throw new Error(JSON.stringify(result));
  await reached();
}
void main().then(() => console.log('client runs'));
`,
  cli: `
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { EXIT, run } from '@millrace/cli';

async function main(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(request.url === '/streams' ? '["camera"]' : '{"majorVersion":5,"minorVersion":1,"build":"b","proxy":{"proxyEndpoints":[]}}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const out = new PassThrough();
  const code = await run(['streams', 'ls', '--json', '--endpoint', \`127.0.0.1:\${port}\`], {
    env: {},
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    stdout: out as unknown as NodeJS.WriteStream,
    stderr: process.stderr,
    home,
    signal: new AbortController().signal,
  });
  server.close();
  server.closeAllConnections();
  rmSync(home, { recursive: true });
  if (code !== EXIT.done || String(out.read()) !== '["camera"]\\n') throw new Error(String(code));
}
void main().then(() => console.log('cli runs'));
`,
};
