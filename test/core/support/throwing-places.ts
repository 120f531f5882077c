/* eslint-disable @typescript-eslint/prefer-promise-reject-errors -- the things thrown here are no errors */
import {
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  type LoggerService,
  Module,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { WebSocketGateway } from '@nestjs/websockets';
import { type ConnectionRegistry, ConnectivityModule, memoryRegistry } from '@millrace/connectivity';
import { ConnectorHubModule, MemorySourceStore } from '@millrace/connector';
import {
  MillraceSocketsModule,
  type SocketConnection,
  SocketEndpoint,
  type SocketHandler,
  type UpgradeRequest,
} from '@millrace/core';
import { memoryStore, type StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { type Observable, throwError } from 'rxjs';
import { THINGS_AWAITED, THINGS_THROWN } from '../../support/things-thrown.js';

export const made = (thing: string | undefined): unknown => THINGS_THROWN[Number(thing)]?.[1]();

/** Whether a thing is due in a place: the header `throws` of a request names both. */
export function dueAt(
  place: string,
  request: { headers: Readonly<Record<string, unknown>> },
): { thing: unknown } | undefined {
  const [at, thing] = String(request.headers['throws']).split(' ');
  return at === place ? { thing: made(thing) } : undefined;
}

export function throwAt(place: string, request: Parameters<typeof dueAt>[1]): void {
  const due = dueAt(place, request);
  if (due) throw due.thing;
}

@Injectable()
class Guard implements CanActivate {
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.getArgByIndex<UpgradeRequest>(0);
    throwAt('guard', request);
    const due = dueAt('guard-later', request);
    return due ? Promise.reject(due.thing) : true;
  }
}

@Injectable()
class Interceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.getArgByIndex<UpgradeRequest>(0);
    throwAt('interceptor', request);
    const due = dueAt('interceptor-later', request);
    return due ? throwError(() => due.thing) : next.handle();
  }
}

@SocketEndpoint({ path: '/own' })
@Injectable()
class OwnEndpoint implements SocketHandler<UpgradeRequest> {
  handshake(request: UpgradeRequest): UpgradeRequest | Promise<UpgradeRequest> {
    throwAt('handshake', request);
    const due = dueAt('handshake-later', request);
    return due ? Promise.reject(due.thing) : request;
  }

  handleConnection(connection: SocketConnection<UpgradeRequest>): void | Promise<void> {
    const { state: request, ws } = connection;
    throwAt('connection', request);
    const due = dueAt('connection-later', request);
    if (due) return Promise.reject(due.thing);
    connection.onMessage((data) => {
      throwAt('message', request);
      ws.send(data.toString());
      const later = dueAt('message-later', request);
      return later && Promise.reject(later.thing);
    });
  }

  async drain({ state }: SocketConnection<UpgradeRequest>): Promise<void> {
    throwAt('drain', state);
  }
}

@WebSocketGateway({ path: '/gateway' })
class Gateway {
  handshake(request: UpgradeRequest): void {
    throwAt('handshake', request);
  }

  handleConnection(_client: unknown, request: UpgradeRequest): void | Promise<void> {
    throwAt('connection', request);
    const due = dueAt('connection-later', request);
    return due && Promise.reject(due.thing);
  }
}

const DUE = /^throws-(?<when>now|later|begun)-(?<thing>\d+)$/;

/** Lets methods of a driver throw, or reject, when their first argument names a stream or partition that is due. */
function throwing<Driver extends object>(driver: Driver, ...methods: (keyof Driver)[]): Driver {
  for (const method of methods) {
    const original = (driver[method] as (...args: unknown[]) => unknown).bind(driver);
    const replaced = (...args: unknown[]): unknown => {
      const named = Array.isArray(args[0]) ? (args[0][0] as unknown) : args[0];
      const text = typeof named === 'string' ? named : String((named as { stream?: string } | undefined)?.stream);
      const { when, thing } = DUE.exec(text)?.groups ?? {};
      if (when === 'now') throw made(thing);
      return when === 'later' ? Promise.reject(made(thing)) : original(...args);
    };
    driver[method] = replaced as Driver[keyof Driver];
  }
  return driver;
}

export type StoreContext = Parameters<ReturnType<typeof memoryStore>['create']>[0];
const METHODS = ['append', 'appendAll', 'readNewest', 'readAfter', 'openFollower'] as const;
const MORE_METHODS = ['describe', 'metadata', 'setMetadata', 'delete', 'lastId'] as const;
const store = {
  create: async (context: StoreContext) =>
    throwingFollower(throwing(await memoryStore().create(context), ...METHODS, ...MORE_METHODS)),
};

/** Lets a follower throw when it is read and closed, or give another promise, where its stream says so. */
function throwingFollower(driver: StreamStore): StreamStore {
  const open = driver.openFollower.bind(driver);
  driver.openFollower = async (streams, options) => {
    const follower = await open(streams, options);
    const { when, thing } = DUE.exec(streams[0] ?? '')?.groups ?? {};
    const make = THINGS_AWAITED[Number(/^awaited-(\d+)$/.exec(streams[0] ?? '')?.[1])]?.[1];
    if (make) return changed(follower, { take: (limit) => make(follower.take(limit)) as Promise<never> });
    if (when !== 'begun') return follower;
    return changed(follower, {
      take: () => {
        throw made(thing);
      },
      close: () => {
        follower.close();
        throw made(thing);
      },
    });
  };
  return driver;
}

/** An object of which some methods are others. */
export function changed<Target extends object>(target: Target, methods: Partial<Target>): Target {
  return new Proxy(target, {
    get: (_target, name: keyof Target & string) => {
      const member = methods[name] ?? target[name];
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
type RegistrySettings = Parameters<ReturnType<typeof memoryRegistry>['create']>[0];
export const registry = {
  create: async (settings: RegistrySettings) =>
    throwingWatch(throwing(await memoryRegistry().create(settings), 'publish', 'lookupJson', 'retract')),
};

/** Lets a watch throw when it is asked for, at its first event, or after that, where its partition says so. */
function throwingWatch(driver: ConnectionRegistry): ConnectionRegistry {
  const watch = driver.watch.bind(driver);
  driver.watch = (partition, ...rest) => {
    const { when, thing } = DUE.exec(partition)?.groups ?? {};
    if (when === 'now') throw made(thing);
    return (async function* () {
      if (when === 'later') throw made(thing);
      for await (const event of watch(partition, ...rest)) {
        yield event;
        if (when === 'begun') throw made(thing);
      }
    })();
  };
  return driver;
}

const sourceStore = throwing(new MemorySourceStore(), 'get', 'put', 'delete');

@Module({
  imports: [
    MillraceSocketsModule,
    StreamStoreModule.forRoot({ store }),
    ConnectivityModule.forRoot({ registry, public: true, prefix: 'registry' }),
    ConnectorHubModule.forRoot({ store: sourceStore }),
  ],
  providers: [
    OwnEndpoint,
    Gateway,
    { provide: APP_GUARD, useClass: Guard },
    { provide: APP_INTERCEPTOR, useClass: Interceptor },
  ],
})
export class PlacesModule {}

/** Keeps the errors that an application logs. */
export class KeptErrors implements LoggerService {
  readonly errors: string[] = [];
  readonly log = (): void => undefined;
  readonly warn = this.log;
  readonly error = (message: unknown): void => void this.errors.push(String(message));
}

export const REFUSED = { status: 500, body: '{"detail":"Internal server error"}' };

export const answered = async (url: string, init: RequestInit = {}): Promise<unknown> => {
  const response = await fetch(url, init);
  return { status: response.status, body: await response.text() };
};
