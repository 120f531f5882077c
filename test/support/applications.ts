import type { Type, DynamicModule, INestApplication, LoggerService } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { MillraceWsAdapter, type MillraceWsAdapterOptions } from '@millrace/core';
import { endWithSuite } from './leftovers.js';
import { SOAK } from './soak.js';
import { waitFor } from './waiting.js';

export type HttpAdapterName = 'express' | 'fastify';

/** Both HTTP adapters, for suites about what differs between them. */
export const BOTH_HTTP_ADAPTERS: readonly HttpAdapterName[] = ['express', 'fastify'];

/**
 * The HTTP adapters of an end-to-end suite: `describe.each(HTTP_ADAPTERS)('… on %s', …)`. In `npm test` a
 * suite runs on Fastify, where `adapter-conformance` asks Express for what could differ; in `npm run test:soak` on Express.
 */
export const HTTP_ADAPTERS: readonly HttpAdapterName[] = SOAK ? ['express'] : ['fastify'];

/** As the README tells hosts on Fastify. */
export const FASTIFY_OPTIONS = { routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384 } };

export interface RunningApplication {
  readonly app: INestApplication;
  /** `http://127.0.0.1:<port>`, or `https:` */
  readonly url: string;
  /** `ws://127.0.0.1:<port>`, or `wss:` */
  readonly wsUrl: string;
  close(): Promise<void>;
}

export interface StartOptions {
  adapter?: HttpAdapterName;
  sockets?: MillraceWsAdapterOptions | false;
  logger?: LoggerService | false;
  /** Serves by TLS with this certificate; the addresses then begin with `https:` and `wss:`. */
  tls?: { readonly key: string; readonly cert: string };
  /** Last touches before the application listens. */
  prepare?: (app: INestApplication) => void | Promise<void>;
}

/** Starts a real application on a free port of the loopback interface. */
export async function startApplication(
  imports: (Type | DynamicModule | Promise<DynamicModule>)[],
  { adapter = 'fastify', sockets = {}, logger = false, tls, prepare }: StartOptions = {},
): Promise<RunningApplication> {
  const module = await Test.createTestingModule({ imports }).compile();
  const app = module.createNestApplication(await httpAdapter(adapter, tls), {
    logger,
    ...(tls && adapter === 'express' ? { httpsOptions: tls } : {}),
  });
  if (sockets) app.useWebSocketAdapter(new MillraceWsAdapter(app, sockets));
  await prepare?.(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  const at = `${tls ? 's' : ''}://127.0.0.1:${port}`;
  app.getHttpServer().once(
    'close',
    endWithSuite(() => app.close()),
  );
  return { app, url: `http${at}`, wsUrl: `ws${at}`, close: () => app.close() };
}

/** Closes an application and waits for its end; says so where it does not come. */
export async function closeInTime(running: RunningApplication): Promise<void> {
  let closed = false;
  const closing = running.close().then(() => (closed = true));
  await waitFor('the end of the application', () => closed);
  await closing;
}

async function httpAdapter(name: HttpAdapterName, tls: StartOptions['tls']): Promise<AbstractHttpAdapter> {
  if (name === 'fastify') return new FastifyAdapter({ ...FASTIFY_OPTIONS, ...(tls ? { https: tls } : {}) } as object);
  // Most suites do without.
  const { ExpressAdapter } = await import('@nestjs/platform-express');
  return new ExpressAdapter();
}
