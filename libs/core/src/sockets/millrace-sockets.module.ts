import { Module } from '@nestjs/common';
import { ApiDocuments } from '../documents/api-documents.js';
import { MillraceCoreModule } from '../millrace-core.module.js';
import type { OperationsPart } from '../ops/operations-part.js';
import { OperationsRegistry } from '../ops/operations-registry.js';
import { SocketRegistrar } from './socket-registrar.js';
import { SocketRegistry } from './socket-registry.js';

/** What the sockets of an application say of themselves. */
export function socketOperations(sockets: SocketRegistry): OperationsPart {
  return {
    name: 'sockets',
    metrics: [
      {
        type: 'gauge',
        name: 'millrace_sockets',
        help: 'Live WebSockets by path',
        labels: ['path'],
        read: () =>
          sockets.endpoints.map(({ paths, connections }) => ({
            labels: { path: paths.join(' ') },
            value: connections.size,
          })),
      },
    ],
  };
}

/**
 * Serves socket endpoints: classes with `@SocketEndpoint()`, and handlers given to `SocketRegistry`. Modules of ours with
 * sockets import it; a host application imports it for endpoints of its own.
 */
@Module({
  imports: [MillraceCoreModule],
  providers: [SocketRegistrar, SocketRegistry],
  exports: [MillraceCoreModule, SocketRegistry],
})
export class MillraceSocketsModule {
  constructor(operations: OperationsRegistry, sockets: SocketRegistry, documents: ApiDocuments) {
    documents.addSockets(sockets);
    operations.add(socketOperations(sockets));
  }
}
