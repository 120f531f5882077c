import type { FastifyCorsOptionsDelegateCallback } from '@fastify/cors';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConnectionPublisher } from '@millrace/connectivity';
import { BrowserOrigins, MillraceWsAdapter } from '@millrace/core';
import { Registry } from 'prom-client';
import { AppModule } from './app.module.js';
import { printBanner } from './banner.js';
import { createLogger } from './config/logger.js';
import type { Settings } from './config/settings.js';
import { makeStores } from './config/stores.js';
import { announceDemo } from './demo/announcements.js';
import { ThermostatApplication } from './demo/thermostat/thermostat.application.js';
import { ErrorAnswerFilter } from './http/error-answer.filter.js';
import { createHttpAdapter } from './http/fastify-adapter.js';
import { logRequests } from './http/request-log.js';
import { secureAnswers } from './http/security-headers.js';
import { addressOf } from './listeners/addresses.js';
import { Listeners, type OpenPort } from './listeners/listeners.js';
import { findCertificate, type TlsSource } from './listeners/tls/tls-source.js';
import { measureRequests } from './metrics/request-metrics.js';
import { openFrontDoor } from './portal/front-door.js';

/**
 * Wires everything, listens, and says so.
 *
 * @param onListening called when signals begin to end the application in its own time
 */
export async function startApplication(settings: Settings, onListening: () => void): Promise<NestFastifyApplication> {
  // Before anything else starts: a bad certificate is not worth a start.
  const tls = await findCertificate(settings);
  const stores = await makeStores(settings);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.create(settings, stores),
    createHttpAdapter(settings),
    {
      logger: createLogger(settings),
      abortOnError: false,
    },
  ).catch((error: unknown) => {
    stores.abandon();
    throw error;
  });
  const fastify = app.getHttpAdapter().getInstance();
  app.useWebSocketAdapter(
    new MillraceWsAdapter(app, {
      maxConnectionsPerAddress: settings.maxConnectionsPerAddress,
      shutdownDelay: settings.shutdownDelay * 1000,
      shutdownTimeout: settings.shutdownTimeout * 1000,
    }),
  );
  app.useGlobalFilters(app.get(ErrorAnswerFilter, { strict: false }));
  secureAnswers(app.getHttpServer(), settings);
  // Before CORS, which answers preflights by itself.
  if (settings.metrics !== 'off') measureRequests(fastify, app.get(Registry, { strict: false }));
  logRequests(fastify);
  if (settings.console !== 'off') openFrontDoor(fastify);
  app.enableCors(corsFor(app.get(BrowserOrigins, { strict: false })));
  app.enableShutdownHooks([], { useProcessExit: true });
  const listeners = app.get(Listeners, { strict: false });
  // While the routes still answer, and after the sockets were closed.
  fastify.addHook('preClose', () => listeners.drain());
  const ports = await open(app, settings, tls).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  onListening();
  const url = await app.getUrl();
  if (settings.demo) announceDemo(app.get(ConnectionPublisher, { strict: false }), url);
  printBanner(url, ports, settings);
  if (settings.demo) await app.get(ThermostatApplication, { strict: false }).start(url);
  return app;
}

async function open(
  app: NestFastifyApplication,
  { port, host }: Settings,
  tls: TlsSource | undefined,
): Promise<OpenPort[]> {
  const address = await addressOf(host);
  await app.listen(port, address);
  return app.get(Listeners, { strict: false }).open(address, tls);
}

/** Every origin, and credentials for those that are listed (stream-store§3). */
function corsFor(origins: BrowserOrigins): { delegator: FastifyCorsOptionsDelegateCallback } {
  return {
    delegator: (request, callback) =>
      callback(null, {
        origin: true,
        credentials: origins.isListed(request),
        methods: ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'],
        maxAge: 600,
        optionsSuccessStatus: 200,
      }),
  };
}
