import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { MillraceCoreModule } from '../millrace-core.module.js';
import { OperationsRegistry } from '../ops/operations-registry.js';
import { HandshakeGuards } from './upgrade/handshake-guards.js';
import { socketOperations } from './socket-operations.js';
import { SocketRegistrar } from './socket-registrar.js';
import { SocketRegistry } from './socket-registry.js';

/**
 * Serves socket endpoints: classes with `@SocketEndpoint()`, and handlers given to `SocketRegistry`. Modules of ours with
 * sockets import it; a host application imports it for endpoints of its own.
 */
@Module({
  imports: [MillraceCoreModule, DiscoveryModule],
  providers: [HandshakeGuards, SocketRegistrar, SocketRegistry],
  exports: [MillraceCoreModule, SocketRegistry],
})
export class MillraceSocketsModule {
  constructor(operations: OperationsRegistry, sockets: SocketRegistry) {
    operations.add(socketOperations(sockets));
  }
}
