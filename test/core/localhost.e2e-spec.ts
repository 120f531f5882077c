import { createRequire } from 'node:module';
import type * as dns from 'node:dns';
import { connect, type Socket } from 'node:net';
import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { SlowBodies } from '@millrace/core/http';
import { MillraceCoreModule, MillraceWsAdapter } from '@millrace/core';
import { closeInTime, type RunningApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';

@Controller()
class Routes {
  hung = 0;

  @Get('hung')
  async hang(): Promise<never> {
    this.hung += 1;
    return new Promise(() => undefined);
  }

  @Post('body')
  body(@Body() body: unknown): unknown {
    return body;
  }
}

@Module({ imports: [MillraceCoreModule], controllers: [Routes] })
class HostModule {}

/** Not every machine knows `localhost` by both of its addresses. */
function knowLocalhostByBoth(): void {
  const resolver = createRequire(__filename)('node:dns') as typeof dns;
  const { lookup } = resolver;
  const both = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ];
  jest.spyOn(resolver, 'lookup').mockImplementation(((host: string, options: any, done: any) => {
    if (host === 'localhost' && options.all) done(null, both);
    else if (host === 'localhost') (typeof options === 'function' ? options : done)(null, '127.0.0.1', 4);
    else lookup(host, options, done);
  }) as typeof lookup);
}

describe('Fastify at localhost, which has two addresses', () => {
  let running: RunningApplication;
  beforeEach(async () => {
    knowLocalhostByBoth();
    const module = await Test.createTestingModule({ imports: [HostModule] }).compile();
    const app = module.createNestApplication(new FastifyAdapter(), { logger: false });
    app.useWebSocketAdapter(new MillraceWsAdapter(app, { shutdownTimeout: 2000 }));
    await app.listen(0, 'localhost');
    const { port } = app.getHttpServer().address() as { port: number };
    const at = `://127.0.0.1:${port}`;
    running = { app, url: `http${at}`, wsUrl: `ws${at}`, close: () => app.close() };
  });
  afterEach(() => jest.restoreAllMocks());

  const send = (host: string, text: string): { socket: Socket; text: () => string; closed: () => boolean } => {
    const socket = connect(Number(new URL(running.url).port), host);
    let [got, closed] = ['', false];
    socket.on('data', (chunk: Buffer) => (got += chunk.toString('latin1'))).on('error', () => undefined);
    socket.once('close', () => (closed = true)).write(text);
    return { socket, text: () => got, closed: () => closed };
  };

  it.each(['127.0.0.1', '::1'])('watches bodies that come slowly by %s', async (host) => {
    running.app.get(SlowBodies, { strict: false }).configure({ window: 500, minBytes: 500 });
    for (let round = 0; round < 2; round += 1) {
      const { text } = send(
        host,
        'POST /body HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\n{',
      );
      await waitFor('the refusal', () => text().includes('HTTP/1.1 408'));
    }
    await closeInTime(running);
  });

  it.each(['127.0.0.1', '::1'])('ends what clients leave open at %s', async (host) => {
    const routes = running.app.get(Routes);
    const silent = send(host, '');
    const first = send(host, 'GET /hung HTTP/1.1\r\nHost: a\r\n\r\n');
    await waitFor('its request', () => routes.hung === 1);
    const others = ['GET /hung HTTP/1.1\r\nHost: a\r\n\r\n', 'GET /hung HTTP/1.1\r\n', ''].map((text) =>
      send(host, text),
    );
    await waitFor('the second request', () => routes.hung === 2);
    await closeInTime(running);
    await waitFor('their ends', () => [silent, first, ...others].every(({ closed }) => closed()));
  });
});
