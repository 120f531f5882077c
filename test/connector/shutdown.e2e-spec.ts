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
