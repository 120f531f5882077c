import { SetMetadata } from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';
import { MillraceError } from '../errors/millrace.error.js';
import type { SocketEndpointOptions, SocketHandler } from './socket-endpoint.interface.js';

export const SOCKET_ENDPOINT = 'millrace:socket-endpoint';

/**
 * Makes a provider the owner of the sockets on its paths; the class implements `SocketHandler`.
 *
 * @example
 * ```ts
 * @SocketEndpoint({ path: '/echo/:room' })
 * @Injectable()
 * class Echo implements SocketHandler<void> {
 *   handshake() {}
 *   handleConnection(connection: SocketConnection<void>) {
 *     connection.onMessage((data, isBinary) => connection.ws.send(data, { binary: isBinary }));
 *   }
 * }
 * ```
 */
export const SocketEndpoint = (options: SocketEndpointOptions): ClassDecorator => SetMetadata(SOCKET_ENDPOINT, options);

/** The providers with `@SocketEndpoint()`. */
export function* endpointClasses(
  discovery: DiscoveryService,
): Iterable<{ handler: SocketHandler; options: SocketEndpointOptions }> {
  for (const { instance, metatype } of discovery.getProviders()) {
    if (!metatype || typeof instance !== 'object' || instance === null) continue;
    const options = Reflect.getMetadata(SOCKET_ENDPOINT, metatype) as SocketEndpointOptions | undefined;
    if (options) yield { handler: instance as SocketHandler, options };
  }
}

/** @throws MillraceError where a class has `@SocketEndpoint()` and no module serves it */
export function assertServed(discovery: DiscoveryService): void {
  for (const { handler } of endpointClasses(discovery)) {
    throw new MillraceError(
      'INVALID_OPTIONS',
      `${handler.constructor.name} has @SocketEndpoint(), but no module serves it. ` +
        'Add MillraceSocketsModule to the imports of its module.',
    );
  }
}
