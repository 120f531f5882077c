import { Controller, Get, Injectable, Module, Post } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { AuthModule, type AuthOptions } from '@millrace/auth';
import { ConnectionRegistry, ConnectivityModule, type ConnectivityOptions } from '@millrace/connectivity';
import { ConnectorHubModule } from '@millrace/connector';
import { AccessArea, ChangesState, Public } from '@millrace/core';
import { RpcMethod, RpcModule } from '@millrace/rpc';
import { ask } from '../../support/ask.js';
import { type RunningApplication, startApplication, type StartOptions } from '../../support/applications.js';
import { SocketClient } from '../../support/socket-client.js';
import { PlacesModule, SECRET, tokenFor } from './places.js';

@Controller('counter')
@AccessArea('counter')
class Counter {
  count = 0;

  @Post('up')
  @Public()
  up(): number {
    return (this.count += 1);
  }

  @Get('reset')
  @Public()
  @ChangesState()
  reset(): number {
    return (this.count = 0);
  }

  @Get()
  @Public()
  read(): number {
    return this.count;
  }
}

@Injectable()
class Methods {
  @RpcMethod('double')
  double(params: number[]): number {
    return 2 * (params[0] ?? 0);
  }
}

@WebSocketGateway({ path: '/gateway' })
@Public()
class OpenGateway {
  @SubscribeMessage('hello')
  hello(): object {
    return { event: 'hello', data: true };
  }
}

@Module({ controllers: [Counter], providers: [Methods, OpenGateway] })
class CounterModule {}

/** Headers of one kind of asker. */
export type Headers = Readonly<Record<string, string>>;

/** A server with places of every kind, closed and open, and a user who is logged in. */
export class PageSide {
  private constructor(
    readonly running: RunningApplication,
    readonly token: string,
  ) {}

  static async start(
    auth: AuthOptions = {},
    { registry = {}, ...start }: StartOptions & { registry?: ConnectivityOptions } = {},
  ): Promise<PageSide> {
    const running = await startApplication(
      [
        AuthModule.forRoot({ jwt: { secret: SECRET }, throttle: false, ...auth }),
        ConnectivityModule.forRoot({ ttl: '1h', ...registry }),
        RpcModule.forRoot({ paths: ['/rpc'], public: auth.publicAreas?.includes('rpc') === true }),
        ConnectorHubModule.forRoot({ sources: { thermostat: {} } }),
        PlacesModule,
        CounterModule,
      ],
      start,
    );
    return new PageSide(running, auth.production ? '' : await tokenFor(running.url));
  }

  get own(): string {
    return this.running.url;
  }

  get cookie(): Headers {
    return { Cookie: `authorization="Bearer ${this.token}"` };
  }

  async status(path: string, headers: Headers = {}, method = 'GET', body?: string): Promise<number> {
    const typed = body === undefined ? headers : { 'Content-Type': 'application/json', ...headers };
    return (await ask(`${this.own}${path}`, { method, headers: typed, ...(body === undefined ? {} : { body }) }))
      .status;
  }

  rpc(headers: Headers): Promise<number> {
    return this.status('/rpc', headers, 'POST', '{"jsonrpc":"2.0","id":1,"method":"double","params":[2]}');
  }

  publish(headers: Headers): Promise<number> {
    return this.status('/publish', headers, 'POST', JSON.stringify({ partition: 'p', connections: [CONNECTION] }));
  }

  login(headers: Headers): Promise<number> {
    const typed = { 'Content-Type': 'application/x-www-form-urlencoded', ...headers };
    return this.status('/token', typed, 'POST', 'username=eve&password=eve');
  }

  /** 101, or the status of the refusal. */
  async handshake(path: string, headers: Headers): Promise<number> {
    try {
      const client = await SocketClient.open(`${this.running.wsUrl}${path}`, { headers });
      client.ws.terminate();
      return 101;
    } catch (error) {
      return Number(/\d{3}$/.exec((error as Error).message)?.[0]);
    }
  }

  /** Puts a connection into the registry, past all guards. */
  async fill(): Promise<void> {
    const connection = { uid: 'a', uri: 'tcp://h:1', dataType: 'T', connectionType: 0, capacity: 0 };
    await this.running.app.get(ConnectionRegistry, { strict: false }).publish('kept', [connection]);
  }

  async partitions(): Promise<string[]> {
    const partitions = await this.running.app.get(ConnectionRegistry, { strict: false }).partitions();
    return partitions.map(({ name }) => name);
  }

  close(): Promise<void> {
    return this.running.close();
  }
}

const CONNECTION = { uid: 'a', uri: 'tcp://h:1', data_type: 'T', connection_type: 0 };
