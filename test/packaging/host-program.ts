// A host of five modules on Express or Fastify, as an application would write it: compiled and run with packed packages.
import 'reflect-metadata';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { HealthCheck, HealthCheckService, TerminusModule, type HealthCheckResult } from '@nestjs/terminus';
import { AuthModule, CurrentPrincipal, developmentUsers } from '@millrace/auth';
import { ConnectivityModule } from '@millrace/connectivity';
import { ConsoleModule } from '@millrace/console';
import { MillraceWsAdapter, Public, RequireScopes } from '@millrace/core';
import { MillraceHealthIndicator } from '@millrace/core/health';
import { MillraceMetricsModule } from '@millrace/core/metrics';
import { RpcMethod, RpcModule, Task, type RpcTask } from '@millrace/rpc';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { Registry } from 'prom-client';
import { WebSocket } from 'ws';

const metrics = new Registry();

@Controller()
class WhoController {
  @Get('who')
  @RequireScopes('who:read')
  who(@CurrentPrincipal() principal: { subject: string }): string {
    return principal.subject;
  }
}

@Controller()
@Public()
class OperationsController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly millrace: MillraceHealthIndicator,
  ) {}

  @Get('health')
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check(this.millrace.checks());
  }

  @Get('metrics')
  text(): Promise<string> {
    return metrics.metrics();
  }
}

@Injectable()
class Counter {
  constructor(private readonly streams: StreamStore) {}

  @RpcMethod('count', { description: 'Counts the entries of a stream.', async: true })
  async count(params: unknown, @Task() task: RpcTask): Promise<number> {
    task.progress('Reading', 0.5);
    const [name = ''] = params as string[];
    const { entries } = await this.streams.readAfter(name, '0-0', { count: 100 });
    return entries.length;
  }
}

@Module({
  imports: [
    AuthModule.forRoot({ jwt: { secret: 'a secret of at least thirty-two bytes' }, users: developmentUsers() }),
    StreamStoreModule.forRoot({ store: memoryStore() }),
    ConnectivityModule.forRoot({ ttl: '10s' }),
    RpcModule.forRoot({ paths: ['/rpc'] }),
    ConsoleModule.forRoot(),
    TerminusModule,
    MillraceMetricsModule.forRoot({ registry: metrics }),
  ],
  controllers: [WhoController, OperationsController],
  providers: [Counter, MillraceHealthIndicator],
})
class AppModule {}

type Headers = Readonly<Record<string, string>>;

/** The next messages of a socket, once it has sent what is given. */
function messages(url: string, headers: Headers, count: number, ...sent: (string | Buffer)[]): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers });
    const received: Buffer[] = [];
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`${url} was closed after ${received.length} messages`)));
    socket.on('open', () => sent.forEach((message) => socket.send(message)));
    socket.on('message', (data: Buffer) => {
      if (received.push(data) < count) return;
      socket.close();
      resolve(received);
    });
  });
}

function check(what: string, found: unknown, expected: unknown): void {
  if (JSON.stringify(found) === JSON.stringify(expected)) return;
  throw new Error(`${what}: ${JSON.stringify(found)} in place of ${JSON.stringify(expected)}`);
}

async function main(): Promise<void> {
  const app =
    process.argv[2] === 'Fastify'
      ? await NestFactory.create(AppModule, new FastifyAdapter(), { logger: ['error'] })
      : await NestFactory.create(AppModule, { logger: ['error'] });
  app.useWebSocketAdapter(new MillraceWsAdapter(app));
  await app.listen(0, '127.0.0.1');
  const http = await app.getUrl();
  const ws = http.replace('http', 'ws');
  const post = (path: string, body: unknown, headers: Headers): Promise<Response> =>
    fetch(http + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', ...headers },
    });

  const login = new URLSearchParams({ username: 'me', password: 'me' });
  const answer = (await (await fetch(`${http}/token`, { method: 'POST', body: login })).json()) as object;
  const headers = { Authorization: `Bearer ${(answer as { access_token: string }).access_token}` };
  check('without a token', (await fetch(`${http}/who`)).status, 401);
  check('with a token', await (await fetch(`${http}/who`, { headers })).text(), 'me');

  const refused = await messages(`${ws}/data/s/push`, {}, 1).catch((error: unknown) => String(error));
  check('a socket without a token', String(refused).includes('401'), true);
  const [id] = await messages(`${ws}/data/s/push?ack=true`, headers, 1, Buffer.from('hello'));
  const pulled = await messages(`${ws}/data/s/pull?last_entry_id=0`, headers, 2);
  check('what was pulled', pulled.map(String), [JSON.stringify([['s', String(id), 0]]), 'hello']);

  const call = { jsonrpc: '2.0', id: 1, method: 'count', params: ['s'] };
  check('a call by HTTP', await (await post('/rpc', call, headers)).json(), { jsonrpc: '2.0', id: 1, result: 1 });
  const replies = await messages(`${ws}/rpc`, headers, 2, JSON.stringify(call));
  check(
    'progress and result of a call',
    [...replies.map(String)].map((text) => 'result' in (JSON.parse(text) as object)),
    [false, true],
  );

  const connections = [{ uid: 'a', uri: 'tcp://h:1', data_type: 'T', connection_type: 0 }];
  check('a publication', (await post('/publish', { partition: 'p', connections }, headers)).status, 200);
  const found = await post('/getconnection/p', { uid_regex: 'a.*', data_type: 'T' }, headers);
  check('a look-up', ((await found.json()) as { uri: string }[])[0]?.uri, 'tcp://h:1');

  for (const end of ['', '/']) {
    const page = await fetch(`${http}/console${end}`);
    const paths = [...(await page.text()).matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => String(path));
    check('files of the console', paths.length > 3, true);
    for (const path of paths) check(path, (await fetch(new URL(path, page.url))).status, 200);
  }
  const { features } = (await (await fetch(`${http}/console/config.json`)).json()) as { features: object };
  const shown = ['api', 'keys', 'login', 'methods', 'registry', 'statistics', 'streams', 'users'];
  check('what the console shows', Object.keys(features).sort(), shown);
  check('statistics without a token', (await fetch(`${http}/statistics`)).status, 401);
  check('statistics', (await fetch(`${http}/statistics`, { headers })).status, 200);
  check('documents', (await fetch(`${http}/console/api/openapi.json`, { headers })).status, 200);

  const health = (await (await fetch(`${http}/health`)).json()) as { status: string; details: object };
  check('the health', [health.status, Object.keys(health.details).sort()], ['ok', ['connectivity', 'rpc', 'streams']]);
  const text = await (await fetch(`${http}/metrics`)).text();
  check('a metric of the streams', /^millrace_\w+ \d/m.test(text), true);
  await app.close();
}

void main().then(() => console.log('the host runs'));
