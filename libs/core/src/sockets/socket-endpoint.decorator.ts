import { SetMetadata } from '@nestjs/common';
import type { SocketEndpointOptions } from './socket-endpoint.interface.js';

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
