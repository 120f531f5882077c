import { Logger } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';

interface FastifyConfig {
  readonly ignoreTrailingSlash?: boolean;
  readonly routerOptions?: { readonly ignoreTrailingSlash?: boolean };
}

/**
 * Existing clients ask for `/streams/` with a slash at its end, and join many names in one path. Fastify's router takes
 * neither by default; a warning shows the host the line to write.
 */
export function warnAboutFastify({ httpAdapter }: HttpAdapterHost): void {
  if (httpAdapter?.getType() !== 'fastify') return;
  const { initialConfig } = httpAdapter.getInstance<{ initialConfig: FastifyConfig }>();
  if (initialConfig.routerOptions?.ignoreTrailingSlash ?? initialConfig.ignoreTrailingSlash) return;
  new Logger('StreamStoreModule').warn(
    'Paths with a slash at the end and long joined names will be answered with 404. Create the adapter like this: ' +
      'new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16384 } })',
  );
}
