import {
  type CanActivate,
  type INestApplication,
  Injectable,
  Module,
  type ModuleMetadata,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { WebSocketGateway } from '@nestjs/websockets';
import { ConnectivityModule } from '@millrace/connectivity';
import {
  ConnectorHub,
  ConnectorHubModule,
  ConnectorModule,
  OnClose,
  OnConnect,
  OnNotification,
  OnPublish,
  OnQuery,
  SourceConnection,
  getSourceToken,
  SourceHandler,
} from '@millrace/connector';
import { type SocketConnection, SocketEndpoint, type SocketHandler, type UpgradeRequest } from '@millrace/core';
import { RpcError, RpcMethod, RpcModule, RpcReply } from '@millrace/rpc';
import { memoryStore, OnEntry, type StoredEntry, StreamConsumer, StreamStoreModule } from '@millrace/stream-store';
import { type HttpAdapterName, type RunningApplication, startApplication } from '../../support/applications.js';
import { postRpc } from '../../rpc/support/rpc-http.js';
import { RpcSocket } from '../../rpc/support/rpc-socket.js';
import { refusedHandshake, SocketClient } from '../../support/socket-client.js';
import { Roles } from './host-enhancers.js';
import { PerRequest } from './scoped-guards.js';

/** What handlers of the applications were given. */
export class Seen {
  readonly events: string[] = [];
}

@Injectable()
class Methods {
  @RpcMethod('echo') echo(value: unknown): unknown {
    return value;
  }
  @RpcMethod('nothing') nothing(): string {
    return 'nothing';
  }
  @RpcMethod('odd') odd(): never {
    throw new RpcError('odd', { code: 7 });
  }
  @RpcMethod('for-admins') @Roles('admin') forAdmins(_value: unknown): string {
    return 'secret';
  }
  @RpcMethod('picture') picture(): RpcReply {
    return new RpcReply({ width: 1 }, Buffer.from([0, 255, 7]));
  }
}

class OwnState {
  constructor(readonly path: string) {}
}

@SocketEndpoint({ path: '/own/:room' })
@Injectable()
class OwnEndpoint implements SocketHandler<OwnState> {
  handshake(): OwnState {
    return new OwnState('own');
  }
  handleConnection({ state, ws }: SocketConnection<OwnState>): void {
    ws.send(state instanceof OwnState ? state.path : 'spoilt');
  }
}

@WebSocketGateway({ path: '/gateway' })
class OwnGateway {
  handshake(_request: UpgradeRequest): void {}
}

@Injectable()
class Notifications {
  constructor(private readonly seen: Seen) {}

  @OnNotification('s') keep(object: { n: number }): void {
    this.seen.events.push(`notification ${object.n}`);
  }
}

@StreamConsumer('consumed', { group: 'g', after: '0' })
class Entries {
  constructor(private readonly seen: Seen) {}

  @OnEntry() take({ data }: StoredEntry): void {
    this.seen.events.push(`entry ${data.toString()}`);
  }
}

@SourceHandler('s')
class Handlers {
  constructor(private readonly seen: Seen) {}

  @OnConnect() connect(): void {
    this.seen.events.push('connect');
  }
  @OnPublish() publish(): void {
    this.seen.events.push('publish');
  }
  @OnQuery() query(): object {
    this.seen.events.push('query');
    return { row: 1 };
  }
  @OnClose() close(): void {
    this.seen.events.push('close');
  }
}

/** Both sides with every place that asks guards. */
export interface Places {
  readonly hub: RunningApplication;
  readonly connector: RunningApplication;
  readonly seen: Seen;
  close(): Promise<void>;
}

function moduleOf(metadata: ModuleMetadata): Type {
  @Module({})
  class PlacesModule {}
  Module(metadata)(PlacesModule);
  return PlacesModule;
}

/** Starts both sides behind a global guard. */
export function startPlaces(
  guard: Type<CanActivate>,
  adapter: HttpAdapterName,
  prepare?: (app: INestApplication) => void,
): Promise<Places> {
  return startBehind({ providers: [{ provide: APP_GUARD, useClass: guard }] }, adapter, prepare);
}

/** Starts both sides with what a host brings beside our modules. */
export async function startBehind(
  host: ModuleMetadata,
  adapter: HttpAdapterName,
  prepare: (app: INestApplication) => void = () => undefined,
): Promise<Places> {
  const seen = new Seen();
  const shared: Provider[] = [...(host.providers ?? []), PerRequest, { provide: Seen, useValue: seen }];
  const beside = host.imports ?? [];
  const imports = [
    ...beside,
    RpcModule.forRoot(),
    StreamStoreModule.forRoot({ store: memoryStore() }),
    ConnectivityModule.forRoot(),
    ConnectorHubModule.forRoot({ sources: { s: {} } }),
  ];
  const hub = await startApplication(
    [
      moduleOf({
        imports,
        controllers: host.controllers,
        providers: [...shared, Methods, OwnEndpoint, OwnGateway, Notifications, Entries],
      }),
    ],
    { adapter, prepare },
  );
  const connecting = ConnectorModule.forRoot({ targetServer: hub.url, authToken: 'any', sources: ['s'] });
  const connector = await startApplication(
    [moduleOf({ imports: [...beside, connecting], providers: [...shared, Handlers] })],
    { adapter, sockets: false, prepare },
  );
  const close = async (): Promise<void> => {
    await connector.close();
    await hub.close();
  };
  return { hub, connector, seen, close };
}

/** One use of a place: what it asks guards by name, and how the caller is answered. */
export interface Place {
  readonly name: string;
  readonly asks: Readonly<Record<string, number>>;
  /** Which of the questions decides. */
  readonly by: string;
  readonly use: (places: Places) => Promise<unknown>;
  readonly allowed: unknown;
  readonly denied: unknown;
}

const ECHO = 'rpc Methods.echo';
const ADMIT = 'http RpcHttpEndpoint.admit';
const FORBIDDEN = { jsonrpc: '2.0', id: 1, error: { code: -32003, message: 'Forbidden resource' } };
const call = (id?: number): object => ({ jsonrpc: '2.0', id, method: 'echo', params: [1] });
const reply = (id: number): object => ({ jsonrpc: '2.0', id, result: [1] });

async function post({ hub }: Places, message: unknown): Promise<unknown> {
  const { status, json } = await postRpc(`${hub.url}/rpc`, message);
  return { status, json: json as unknown };
}

async function handshake({ hub }: Places, path: string): Promise<unknown> {
  try {
    await (await SocketClient.open(`${hub.wsUrl}${path}`)).close();
    return 101;
  } catch {
    return (await refusedHandshake(`${hub.wsUrl}${path}`)).status;
  }
}

const socket = (name: string, path: string, owner: string): Place => {
  const by = `ws ${owner}.handshake`;
  return { name, by, asks: { [by]: 1 }, use: (places) => handshake(places, path), allowed: 101, denied: 403 };
};

export const sourceOf = ({ connector }: Pick<Places, 'connector'>): SourceConnection =>
  connector.app.get<SourceConnection>(getSourceToken('s'), { strict: false });
const hubOf = (places: Places): ConnectorHub => places.hub.app.get(ConnectorHub, { strict: false });

/** A route of a controller of ours: Nest asks for it. */
const route = (method: string, path: string, by: string, allowed: number, body?: string): Place => {
  const place = `http ${by}`;
  const headers = { 'Content-Type': 'application/json' };
  const use = async ({ hub }: Places): Promise<number> => {
    const response = await fetch(hub.url + path, { method, ...(body === undefined ? {} : { body, headers }) });
    await response.arrayBuffer();
    return response.status;
  };
  return { name: `${method} ${path}`, by: place, asks: { [place]: 1 }, use, allowed, denied: 403 };
};

const PUBLICATION = JSON.stringify({
  partition: 'p',
  connections: [{ uid: 'a', uri: 'tcp://h:1', data_type: 'T', connection_type: 0 }],
});

export const PLACES: readonly Place[] = [
  route('GET', '/streams', 'StreamsController.list', 200),
  route('GET', '/streams/none', 'StreamsController.describe', 200),
  route('PUT', '/streams/a', 'StreamsController.update', 200, '{}'),
  route('DELETE', '/streams/none', 'StreamsController.remove', 200),
  route('GET', '/data/none', 'DataController.read', 200),
  route('GET', '/sources', 'SourcesController.list', 200),
  route('GET', '/sources/s', 'SourcesController.get', 200),
  route('POST', '/publish', 'RegistryController.publish', 200, PUBLICATION),
  route('GET', '/getconnection/p', 'RegistryController.lookup', 400),
  route('GET', '/stats', 'StatusController.stats', 200),
  route('GET', '/connections/statistics', 'WatchController.statistics', 200),
  {
    name: 'a POST of a call',
    asks: { [ADMIT]: 1, [ECHO]: 1 },
    by: ADMIT,
    use: (places) => post(places, call(1)),
    allowed: { status: 200, json: reply(1) },
    denied: { status: 403, json: { ...FORBIDDEN, id: null } },
  },
  {
    name: 'the call in a POST',
    asks: { [ADMIT]: 1, [ECHO]: 1 },
    by: ECHO,
    use: (places) => post(places, call(1)),
    allowed: { status: 200, json: reply(1) },
    denied: { status: 200, json: FORBIDDEN },
  },
  {
    name: 'a batch of two calls and a notification',
    asks: { [ADMIT]: 1, [ECHO]: 3 },
    by: ECHO,
    use: (places) => post(places, [call(1), call(), call(2)]),
    allowed: { status: 200, json: [reply(1), reply(2)] },
    denied: { status: 200, json: [FORBIDDEN, { ...FORBIDDEN, id: 2 }] },
  },
  {
    name: 'a call over a socket',
    asks: { 'ws RpcSocketHandler.handshake': 1, [ECHO]: 1 },
    by: ECHO,
    use: async ({ hub }) => {
      const rpc = await RpcSocket.open(`${hub.wsUrl}/rpc`);
      const answer = await rpc.exchange(call(1));
      await rpc.close();
      return answer;
    },
    allowed: reply(1),
    denied: FORBIDDEN,
  },
  socket('the socket of calls', '/rpc', 'RpcSocketHandler'),
  socket('a push socket', '/data/a/push', 'PushEndpoint'),
  socket('a pull socket', '/data/a/pull', 'PullEndpoint'),
  socket('the watch socket of the registry', '/connections/p/watch', 'WatchEndpoint'),
  socket('the socket of connectors', '/api/v1/wsock/websocket', 'ConnectorSocketHandler'),
  socket("an endpoint of the host's own", '/own/1', 'OwnEndpoint'),
  socket('a gateway with a handshake', '/gateway', 'OwnGateway'),
  {
    name: 'a handler of queries',
    asks: { 'source Handlers.query': 1 },
    by: 'source Handlers.query',
    use: async (places) =>
      hubOf(places)
        .query('s', {})
        .catch(() => 'refused'),
    allowed: [{ row: 1 }],
    denied: 'refused',
  },
  {
    name: 'a handler of publishes',
    asks: { 'source Handlers.publish': 1, 'source Handlers.query': 1 },
    by: 'source Handlers.publish',
    use: async (places) => {
      await hubOf(places).publish('s', {});
      // Behind it: handlers of a source run in order.
      await hubOf(places).query('s', {});
      return places.seen.events.filter((event) => event === 'publish').length;
    },
    allowed: 1,
    denied: 0,
  },
];
