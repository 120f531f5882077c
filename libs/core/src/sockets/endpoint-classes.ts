import type { DiscoveryService } from '@nestjs/core';
import { MillraceError } from '../errors/millrace.error.js';
import { SOCKET_ENDPOINT } from './socket-endpoint.decorator.js';
import type { SocketEndpointOptions, SocketHandler } from './socket-endpoint.interface.js';

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
