import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FrameworkResponse, HostPaths, isFastify, sendAnswer } from '@millrace/core/http';
import type { ConsolePart } from '../console.part.js';
import { CONSOLE_PARTS, CONSOLE_PATH } from '../console.tokens.js';
import { PAGE_HEADERS } from './page-headers.js';

interface RouterConfig {
  readonly ignoreTrailingSlash?: boolean;
}

/** The part of a Fastify instance that is used here. */
interface FastifyRoutes {
  readonly initialConfig: RouterConfig & { readonly routerOptions?: RouterConfig };
  hasRoute(route: { readonly method: string; readonly url: string }): boolean;
  get(url: string, handler: (request: unknown, reply: FrameworkResponse) => void): unknown;
}

/**
 * Lets the console, and each part with pages of its own, be found with a slash at the end of the path, as many type it. Express takes that for the same path, and so
 * does Fastify with `ignoreTrailingSlash`; by itself Fastify takes it for another one, which Nest cannot name.
 */
@Injectable()
export class SlashAtEnd implements OnApplicationBootstrap {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly paths: HostPaths,
    @Inject(CONSOLE_PATH) private readonly path: string,
    @Inject(CONSOLE_PARTS) private readonly parts: readonly ConsolePart[],
  ) {}

  /** When Nest has registered its routes. */
  onApplicationBootstrap(): void {
    const { httpAdapter } = this.host as Partial<HttpAdapterHost>;
    if (!httpAdapter || !isFastify(httpAdapter)) return;
    const routes = httpAdapter.getInstance<FastifyRoutes>();
    const { ignoreTrailingSlash, routerOptions } = routes.initialConfig;
    if (ignoreTrailingSlash || routerOptions?.ignoreTrailingSlash) return;
    for (const path of [this.path, ...this.parts.map((part) => `${this.path}/${part.path}`)]) {
      const url = `${this.paths.at(path)}/`;
      if (routes.hasRoute({ method: 'GET', url })) continue;
      // Relative to what the browser asked for, of which a proxy may have taken away the beginning.
      const location = `../${url.split('/').at(-2)}`;
      routes.get(url, (_request, reply) => sendAnswer(reply, 302, { ...PAGE_HEADERS, Location: location }, ''));
    }
  }
}
