/**
 * Applications with microservices by TCP, as Nest makes them, with the modules that have routes and sockets elsewhere. Their
 * package is installed with them, and not in the repository.
 */
export const MICROSERVICES = `
import 'reflect-metadata';
import type { Server } from 'node:net';
import { Controller, Module, type DynamicModule, type INestMicroservice, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { AuthModule } from '@millrace/auth';
import { ConnectivityModule } from '@millrace/connectivity';
import { ConnectorHubModule } from '@millrace/connector';
import { MillraceWsAdapter, Public } from '@millrace/core';
import { RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStoreModule } from '@millrace/stream-store';
import { lastValueFrom } from 'rxjs';

@Controller()
class Messages {
  @MessagePattern('closed') closed(): string {
    return 'handled';
  }
  @MessagePattern('open') @Public() open(): string {
    return 'handled';
  }
}

function application(skipContexts: string[]): Type {
  const modules: DynamicModule[] = [
    AuthModule.forRoot({ jwt: { secret: 'a secret of at least thirty-two bytes' }, skipContexts }),
    StreamStoreModule.forRoot({ store: memoryStore() }),
    ConnectivityModule.forRoot({ public: true, bypassFramework: true }),
    ConnectorHubModule.forRoot({ sources: { s: {} } }),
    RpcModule.forRoot(),
  ];
  @Module({ imports: modules, controllers: [Messages] })
  class AppModule {}
  return AppModule;
}

const TCP = { transport: Transport.TCP as const, options: { host: '127.0.0.1', port: 0 } };

/** What each message is answered with. */
async function answers(service: INestMicroservice): Promise<string> {
  const { port } = service.unwrap<Server>().address() as { port: number };
  const client = ClientProxyFactory.create({ ...TCP, options: { host: '127.0.0.1', port } });
  const found: string[] = [];
  for (const pattern of ['closed', 'open']) {
    // A caller names itself in what it sends.
    const answer = lastValueFrom(client.send<string>(pattern, { user: { roles: ['admin'] }, headers: {} }));
    found.push(await answer.catch(() => 'refused'));
  }
  await client.close();
  return found.join(' ');
}

function check(what: string, found: string, expected: string): void {
  if (found !== expected) throw new Error(what + ': ' + found + ' in place of ' + expected);
}

async function main(): Promise<void> {
  for (const [skipContexts, expected] of [[[], 'refused handled'], [['rpc'], 'handled handled']] as const) {
    const service = await NestFactory.createMicroservice(application([...skipContexts]), { ...TCP, logger: false });
    await service.listen();
    check('a microservice', await answers(service), expected);
    await service.close();
  }
  for (const [inheritAppConfig, expected] of [[true, 'refused handled'], [false, 'handled handled']] as const) {
    const app = await NestFactory.create(application([]), { logger: false });
    app.useWebSocketAdapter(new MillraceWsAdapter(app));
    const service = app.connectMicroservice(TCP, { inheritAppConfig });
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    check('a hybrid application', await answers(service), expected);
    check('its routes', String((await fetch((await app.getUrl()) + '/streams')).status), '401');
    await app.close();
  }
}

void main().then(() => console.log('the microservices run'));
`;
