import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AccessPolicy } from './security/access-policy.js';
import { GatewayExplorer } from './sockets/gateway-explorer.js';
import { HandshakeGuards } from './sockets/handshake-guards.js';
import { SocketRegistrar } from './sockets/socket-registrar.js';
import { SocketRegistry } from './sockets/socket-registry.js';

/** What the Millrace modules share within one application. They import it; a host application need not. */
@Module({
  imports: [DiscoveryModule],
  providers: [AccessPolicy, GatewayExplorer, HandshakeGuards, SocketRegistrar, SocketRegistry],
  exports: [AccessPolicy, SocketRegistry],
})
export class MillraceCoreModule {}
