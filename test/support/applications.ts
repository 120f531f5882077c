import type { Type, DynamicModule, INestApplication, LoggerService } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { MillraceWsAdapter, type MillraceWsAdapterOptions } from '@millrace/core';

/** Both HTTP adapters; every end-to-end suite runs on each: `describe.each(HTTP_ADAPTERS)('… on %s', …)`. */
export const HTTP_ADAPTERS = ['express', 'fastify'] as const;
export type HttpAdapterName = (typeof HTTP_ADAPTERS)[number];

/** As the README tells hosts on Fastify. */
export const FASTIFY_OPTIONS = { routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384 } };

export interface RunningApplication {
  readonly app: INestApplication;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** `ws://127.0.0.1:<port>` */
  readonly wsUrl: string;
  close(): Promise<void>;
}

export interface StartOptions {
  adapter?: HttpAdapterName;
  sockets?: MillraceWsAdapterOptions | false;
  logger?: LoggerService | false;
  /** Last touches before the application listens. */
  prepare?: (app: INestApplication) => void | Promise<void>;
}

/** Starts a real application on a free port of the loopback interface. */
export async function startApplication(
  imports: (Type | DynamicModule | Promise<DynamicModule>)[],
  { adapter = 'fastify', sockets = {}, logger = false, prepare }: StartOptions = {},
): Promise<RunningApplication> {
  const module = await Test.createTestingModule({ imports }).compile();
  const app = module.createNestApplication(
    adapter === 'express' ? new ExpressAdapter() : (new FastifyAdapter(FASTIFY_OPTIONS) as never),
    { logger },
  );
  if (sockets) app.useWebSocketAdapter(new MillraceWsAdapter(app, sockets));
  await prepare?.(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  return { app, url: `http://127.0.0.1:${port}`, wsUrl: `ws://127.0.0.1:${port}`, close: () => app.close() };
}
