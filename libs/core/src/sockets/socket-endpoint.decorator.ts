import { SetMetadata } from '@nestjs/common';
import type { HandlerClasses } from '../enhancers/handler-classes.js';
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

/**
 * The providers with `@SocketEndpoint()`.
 *
 * @throws MillraceError when one of them is not a singleton
 */
export function* endpointClasses(
  classes: HandlerClasses,
): Iterable<{ handler: SocketHandler; options: SocketEndpointOptions }> {
  for (const found of classes) {
    const options = found.marked<SocketEndpointOptions>(SOCKET_ENDPOINT);
    if (options) yield { handler: found.instanceFor('@SocketEndpoint') as SocketHandler, options };
  }
}

/** @throws MillraceError where a class has `@SocketEndpoint()` and no module serves it */
export function assertServed(classes: HandlerClasses): void {
  for (const found of classes) {
    if (!found.marked(SOCKET_ENDPOINT)) continue;
    throw new MillraceError(
      'INVALID_OPTIONS',
      `${found.name} has @SocketEndpoint(), but no module serves it. ` +
        'Add MillraceSocketsModule to the imports of its module.',
    );
  }
}
