import type { OperationsPart } from '../ops/operations-registry.js';
import type { SocketRegistry } from './socket-registry.js';

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
