import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import { Server as TlsServer } from 'node:https';
import { type HttpServer, Injectable } from '@nestjs/common';
import { Shutdown } from '../shutdown/shutdown.js';
import { HttpConnections } from './http-connections.js';
import { SlowBodies } from './slow-bodies.js';

/** The part of a Fastify instance that is used here. */
interface FastifyHooks {
  addHook(
    name: 'onRequest',
    hook: (
      request: { readonly raw: IncomingMessage },
      reply: { readonly raw: ServerResponse },
      done: () => void,
    ) => void,
  ): unknown;
  addHook(name: 'preClose', hook: () => Promise<void>): unknown;
}

/**
 * Finds the servers that Fastify makes beside the application's own: at `localhost`, which it listens at without a host too, it has one
 * for each further address. Only their requests tell of them.
 */
@Injectable()
export class FurtherServers {
  private readonly servers = new Set<Server>();

  constructor(
    private readonly connections: HttpConnections,
    private readonly slowBodies: SlowBodies,
    shutdown: Shutdown,
  ) {
    shutdown.add({
      name: 'further servers',
      cut: () => this.servers.forEach((server) => server.closeAllConnections()),
    });
  }

  install(fastify: HttpServer): void {
    const own = fastify.getHttpServer() as Server;
    const instance = fastify.getInstance() as FastifyHooks;
    instance.addHook('onRequest', ({ raw: request }, { raw: response }, done) => {
      const { server } = request.socket as { server?: unknown };
      if (server !== own && isHttpServer(server) && !this.servers.has(server)) this.attend(server, request, response);
      done();
    });
    // Fastify waits for its own server alone.
    instance.addHook('preClose', async () => void (await Promise.all([...this.servers].map(closed))));
  }

  /** From its first request on, with that. */
  private attend(server: Server, request: IncomingMessage, response: ServerResponse): void {
    this.servers.add(server);
    this.slowBodies.attach(server);
    this.slowBodies.watch(request, response);
    this.connections.attend(server);
    this.connections.take(request, response);
  }
}

/** Requests also come by servers of other kinds, whose owner ends them: those that only accept connections. */
function isHttpServer(server: unknown): server is Server {
  return server instanceof Server || server instanceof TlsServer;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => void server.close(() => resolve()));
}
