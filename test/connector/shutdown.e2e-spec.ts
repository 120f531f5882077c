import { type INestApplication, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { MillraceWsAdapter } from '@millrace/core';
import {
  ConnectorHubModule,
  ConnectorModule,
  ConnectorSet,
  OnNotification,
  OnQuery,
  ConnectorHub,
  SourceHandler,
} from '@millrace/connector';
import {
  BOTH_HTTP_ADAPTERS,
  closeInTime,
  type HttpAdapterName,
  type RunningApplication,
} from '../support/applications.js';
import { freePort } from '../support/free-port.js';
import { waitFor } from '../support/waiting.js';
import { startHub } from './support/hub.js';
import type { WireMessage } from './support/raw-connector.js';

const never = (): Promise<never> => new Promise(() => undefined);

@SourceHandler('thermostat')
class Thermostat {
  asked = 0;

  @OnQuery() query(): Promise<never> {
    this.asked += 1;
    return never();
  }
}

/** Deals with a notification only when it is let go. */
@Injectable()
class Store {
  readonly stored: unknown[] = [];
  release: () => void = () => undefined;
  private readonly held = new Promise<void>((resolve) => (this.release = resolve));

  @OnNotification('thermostat') async keep(object: unknown): Promise<void> {
    await this.held;
    this.stored.push(object);
  }
}

/** A hub, and a connector to it, in one application. */
async function start(adapter: HttpAdapterName, shutdownTimeout: string): Promise<INestApplication> {
  const port = await freePort();
  const connector = ConnectorModule.forRoot({
    targetServer: `http://127.0.0.1:${port}`,
    authToken: 'a',
    sources: ['thermostat'],
    backoff: { max: '50ms' },
    drainTimeout: '1h',
  });
  @Module({
    imports: [ConnectorHubModule.forRoot({ sources: { thermostat: {} } }), connector],
    providers: [Store, Thermostat],
  })
  class AppModule {}
  const app = await NestFactory.create<INestApplication>(
    AppModule,
    adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter(),
    { logger: false },
  );
  app.useWebSocketAdapter(new MillraceWsAdapter(app, { shutdownTimeout }));
  await app.listen(port, '127.0.0.1');
  const set = app.get(ConnectorSet, { strict: false });
  await waitFor('the connection', () => set.connection('thermostat')?.isConnected);
  return app;
}

describe.each(BOTH_HTTP_ADAPTERS)('A shutdown of a hub and its connector in one application on %s', (adapter) => {
  it('lets the connector deliver what it has', async () => {
    const app = await start(adapter, '1h');
    const store = app.get(Store);
    const source = app.get(ConnectorSet, { strict: false }).connection('thermostat');
    for (let n = 0; n < 200; n += 1) await source?.notify({ n });
    const closing = app.close();
    await waitFor('the end of the intake', () =>
      source?.notify({ late: true }).then(
        () => false,
        () => true,
      ),
    );
    store.release();
    await closing;
    expect(store.stored.filter((one) => !('late' in (one as object)))).toHaveLength(200);
    expect(source?.status.notifications.waiting).toBe(0);
  });

  it('ends at its deadline when a handler hangs, however long the connector would wait', async () => {
    const app = await start(adapter, '2s');
    const asked = app
      .get(ConnectorHub)
      .query('thermostat')
      .catch((error: unknown) => error);
    await waitFor('the query', () => app.get(Thermostat).asked === 1);
    await closeInTime({ close: () => app.close() } as RunningApplication);
    expect(await asked).toBeInstanceOf(Error);
  });
});

describe.each(BOTH_HTTP_ADAPTERS)('A shutdown of a hub on %s', (adapter) => {
  it('connector#85: acknowledges the notifications that it has taken, and leaves those behind them to the next hub', async () => {
    @Injectable()
    class SlowStore {
      readonly stored: number[] = [];

      @OnNotification('a') async keep({ n }: { n: number }): Promise<void> {
        await new Promise((resolve) => setTimeout(resolve, 20));
        this.stored.push(n);
      }
    }
    const running = await startHub({}, { adapter, sockets: { shutdownTimeout: '1h' }, providers: [SlowStore] });
    const connector = await running.connect('a');
    const { stored } = running.app.get(SlowStore);
    // More than the store can take, so that the connector is never idle.
    let sent = 0;
    const sending = setInterval(() => connector.notify({ n: sent++ }), 5);
    await waitFor('work', () => stored.length > 5);
    const asked = running.hub.query('a').catch((error: unknown) => error);
    const query = waitFor('the query', () =>
      connector.client.frames
        .map(({ data }) => JSON.parse(data.toString()) as WireMessage)
        .find(({ op }) => op === 'query'),
    );
    await query;
    await Promise.all([
      closeInTime(running),
      query.then(async ({ messageHeaders }) => {
        await waitFor('notifications that are left', () => sent > stored.length + 50);
        connector.respond(messageHeaders?.['REPLY_ADDR_HEADER'] ?? '', 200, [{ row: 1 }]);
      }),
    ]);
    clearInterval(sending);
    expect(await asked).toEqual([{ row: 1 }]);
    expect((await connector.client.closed).code).toBe(1012);
    const statuses = connector.client.frames
      .map(({ data }) => JSON.parse(data.toString()) as WireMessage)
      .filter(({ status }) => status !== undefined);
    // The first one is of the token. None is of the answer: it would be taken for that of a notification.
    expect(statuses.slice(1)).toEqual(stored.map(() => ({ status: 200 })));
    expect(stored).toEqual(stored.map((_n, index) => index));
    expect(sent).toBeGreaterThan(stored.length);
  });
});
