// Servers under comparison, each run in a process of its own: `node servers.mjs <name>`.
// Every one answers the method `echo` with its params. The parent asks for the CPU time by IPC.
import 'reflect-metadata';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const servers = { bare, millrace, 'millrace-enhanced': enhanced, 'json-rpc-2.0': jsonRpc2, jayson, gateway };

const port = await servers[process.argv[2]]();
process.on('message', () => process.send(process.cpuUsage()));
process.on('disconnect', () => process.exit());
process.send({ port });

/** What no server can beat: parse, stringify, send. */
async function bare() {
  const echo = ({ id, params }) => ({ jsonrpc: '2.0', id, result: params });
  return listen((ws) =>
    ws.on('message', (data) => {
      const message = JSON.parse(data.toString());
      ws.send(JSON.stringify(Array.isArray(message) ? message.map(echo) : echo(message)));
    }),
  );
}

async function jsonRpc2() {
  const { JSONRPCServer } = await import('json-rpc-2.0');
  const server = new JSONRPCServer();
  server.addMethod('echo', (params) => params);
  return listen((ws) =>
    ws.on('message', async (data) => {
      const reply = await server.receiveJSON(data.toString());
      if (reply) ws.send(JSON.stringify(reply));
    }),
  );
}

async function jayson() {
  const { default: lib } = await import('jayson');
  const server = new lib.Server({ echo: (params, done) => done(null, params) });
  return listen((ws) =>
    ws.on('message', (data) => {
      server.call(data.toString(), (error, reply) => ws.send(JSON.stringify(error ?? reply)));
    }),
  );
}

async function millrace() {
  return startNest(({ Module }, { RpcModule }, Echo) => {
    class AppModule {}
    Module({ imports: [RpcModule.forRoot()], providers: [Echo] })(AppModule);
    return AppModule;
  });
}

async function enhanced() {
  return startNest(({ Module, UseGuards, UseInterceptors, UsePipes }, { RpcModule }, Echo) => {
    class Guard {
      canActivate() {
        return true;
      }
    }
    class Interceptor {
      intercept(_context, next) {
        return next.handle();
      }
    }
    class Pipe {
      transform(value) {
        return value;
      }
    }
    for (const decorate of [UseGuards(Guard), UseInterceptors(Interceptor), UsePipes(Pipe)]) decorate(Echo);
    class AppModule {}
    Module({ imports: [RpcModule.forRoot()], providers: [Echo] })(AppModule);
    return AppModule;
  });
}

async function startNest(makeModule) {
  const common = await import('@nestjs/common');
  const { NestFactory } = await import('@nestjs/core');
  const rpc = await import('@millrace/rpc');
  const { MillraceWsAdapter } = await import('@millrace/core');
  class Echo {
    echo(params) {
      return params;
    }
  }
  decorateMethod(Echo, 'echo', rpc.RpcMethod('echo'));
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  const app = await NestFactory.create(makeModule(common, rpc, Echo), new FastifyAdapter(), { logger: false });
  app.useWebSocketAdapter(new MillraceWsAdapter(app));
  await app.listen(0, '127.0.0.1');
  return app.getHttpServer().address().port;
}

/** Nest's own gateway: its envelope is `{event, data}`. */
async function gateway() {
  const { Module } = await import('@nestjs/common');
  const { NestFactory } = await import('@nestjs/core');
  const { WsAdapter } = await import('@nestjs/platform-ws');
  const { MessageBody, SubscribeMessage, WebSocketGateway } = await import('@nestjs/websockets');
  class Gateway {
    echo(data) {
      return { event: 'echo', data };
    }
  }
  MessageBody()(Gateway.prototype, 'echo', 0);
  decorateMethod(Gateway, 'echo', SubscribeMessage('echo'));
  WebSocketGateway({ path: '/rpc' })(Gateway);
  class AppModule {}
  Module({ providers: [Gateway] })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: false });
  app.useWebSocketAdapter(new WsAdapter(app));
  await app.listen(0, '127.0.0.1');
  return app.getHttpServer().address().port;
}

function decorateMethod(type, name, decorate) {
  decorate(type.prototype, name, Object.getOwnPropertyDescriptor(type.prototype, name));
}

async function listen(onConnection) {
  const server = createServer();
  new WebSocketServer({ server, path: '/rpc' }).on('connection', onConnection);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
}
