import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Settings } from '../config/settings.js';

/** Largest JSON body taken by the framework's own parser, in bytes; uploads are read by their own modules. */
const BODY_LIMIT = 1024 * 1024;

/** Fastify as existing clients need it: slashes at the end do not matter, and paths may be long. */
export function createHttpAdapter({ trustProxy }: Pick<Settings, 'trustProxy'>): FastifyAdapter {
  return new FastifyAdapter({
    // Logins are counted by the address of the client then, not of the proxy.
    ...(trustProxy ? { trustProxy } : {}),
    bodyLimit: BODY_LIMIT,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384 },
    // Some existing clients send no Host header.
    http: { requireHostHeader: false },
    forceCloseConnections: 'idle',
    // What comes on a connection that is kept is answered, and the connection ends behind it.
    return503OnClosing: false,
    // Before there is a route, as for a broken escape in the path.
    frameworkErrors: ({ message, statusCode = 400 }: FastifyError, _request: FastifyRequest, reply: FastifyReply) =>
      void reply.status(statusCode).send({ detail: message }),
  });
}
