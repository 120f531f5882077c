import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { EnhancedCalls } from '@millrace/core/enhancers';
import { describeError } from '@millrace/core/errors';
import { HostPaths, SlowBodies } from '@millrace/core/http';
import { BrowserOrigins } from '@millrace/core/security';
import { thrownReport } from '@millrace/protocol';
import { CONNECTIVITY_PATHS, CONNECTIVITY_SETTINGS, type ConnectivitySettings } from '../connectivity.options.js';
import { RegistryController } from './registry.controller.js';
import { JSON_TYPE, send } from './send.js';

/**
 * Answers publications and lookups straight from Node's HTTP server when the option `bypassFramework` is on. The
 * framework's routing costs more than a small lookup does, which counts for a registry that thousands of processes poll.
 * Nothing of the host sees these requests: no guard, interceptor, middleware or hook. All other requests go their usual
 * way.
 */
@Injectable()
export class FrameworkBypass implements OnApplicationBootstrap {
  private readonly logger = new Logger(FrameworkBypass.name);

  constructor(
    private readonly registry: RegistryController,
    private readonly host: HttpAdapterHost,
    private readonly hostPaths: HostPaths,
    private readonly slowBodies: SlowBodies,
    private readonly calls: EnhancedCalls,
    private readonly origins: BrowserOrigins,
    @Inject(CONNECTIVITY_SETTINGS) private readonly settings: ConnectivitySettings,
    @Inject(CONNECTIVITY_PATHS) private readonly paths: { readonly prefix: string },
  ) {}

  onApplicationBootstrap(): void {
    const { httpAdapter } = this.host;
    // An application without HTTP (a worker, a script) has nothing to bypass.
    if (!this.settings.bypassFramework || !httpAdapter) return;
    this.install(httpAdapter.getHttpServer() as Server);
    const guards = this.calls.globals('guards');
    if (guards.length > 0)
      this.logger.warn(`bypassFramework is on: publications and look-ups do not pass ${guards.join(', ')}`);
  }

  private install(server: Server): void {
    const { prefix } = this.paths;
    const publish = `${prefix}/publish`;
    const lookup = `${prefix}/getconnection/`;
    const usual = server.listeners('request');
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const { method = '' } = request;
      const url = this.hostPaths.within(request.url ?? '', this.settings, method) ?? '';
      const isPublish = url === publish && method === 'POST';
      const isLookup = url.startsWith(lookup) && (method === 'POST' || method === 'GET');
      if (isPublish || isLookup) this.slowBodies.watch(request, response);
      if (isPublish) this.finish(request, response, () => this.registry.publish(request, response));
      else if (isLookup) this.finish(request, response, () => this.registry.lookup(request, response));
      else for (const listener of usual) listener.call(server, request, response);
    });
  }

  private finish(request: IncomingMessage, response: ServerResponse, answer: () => Promise<void>): void {
    this.admit(request, answer).catch((error: unknown) => {
      const { foreseen, status, body, headers } = describeError(error);
      if (!foreseen) this.logger.error(thrownReport(error));
      if (response.headersSent) return void response.end();
      send(response, status, JSON_TYPE, Buffer.from(JSON.stringify(body)), headers);
    });
  }

  /** What the guard would ask of a public place. */
  private async admit(request: IncomingMessage, answer: () => Promise<void>): Promise<void> {
    this.origins.assertHost(request);
    if (request.method === 'POST') this.origins.assertMayChange(request);
    return answer();
  }
}
