import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { DiscoveryModule, HttpAdapterHost } from '@nestjs/core';
import { isFastify, RawBody } from './http/raw-body.js';
import { AccessPolicy } from './security/access-policy.js';
import { ConnectionSecurity } from './security/connection-security.js';
import { GatewayExplorer } from './sockets/gateway-explorer.js';
import { HandshakeGuards } from './sockets/handshake-guards.js';
import { SocketRegistrar } from './sockets/socket-registrar.js';
import { SocketRegistry } from './sockets/socket-registry.js';

/** What the Millrace modules share within one application. They import it; a host application need not. */
@Module({
  imports: [DiscoveryModule],
  providers: [
    AccessPolicy,
    ConnectionSecurity,
    GatewayExplorer,
    HandshakeGuards,
    RawBody,
    SocketRegistrar,
    SocketRegistry,
  ],
  exports: [AccessPolicy, ConnectionSecurity, RawBody, SocketRegistry],
})
export class MillraceCoreModule implements NestModule {
  constructor(
    private readonly rawBody: RawBody,
    private readonly host: HttpAdapterHost,
  ) {}

  configure(consumer: MiddlewareConsumer): void {
    const { httpAdapter } = this.host;
    if (isFastify(httpAdapter)) this.rawBody.install(httpAdapter);
    else consumer.apply(this.rawBody.middleware).forRoutes('{*path}');
  }
}
