import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiDocuments } from './documents/api-documents.js';
import { EnhancedCalls } from './enhancers/enhanced-calls.js';
import { HandlerClasses } from './enhancers/handler-classes.js';
import { ImportedOnce } from './imported-once.js';
import { FurtherServers } from './http/further-servers.js';
import { HostPaths } from './http/host-paths.js';
import { HostRoutes } from './http/host-routes.js';
import { HttpConnections } from './http/http-connections.js';
import { isFastify } from './http/early-middleware.js';
import { RawBody } from './http/raw-body.js';
import { SlowBodies } from './http/slow-bodies.js';
import { AccessNotices } from './ops/access-notices.js';
import { OperationsRegistry } from './ops/operations-registry.js';
import { AccessPolicy } from './security/access-policy.js';
import { BrowserOrigins } from './security/browser-origins.js';
import { ConnectionSecurity } from './security/connection-security.js';
import { LiveConnections } from './security/live-connections.js';
import { Shutdown } from './shutdown/shutdown.js';

export { ImportedOnce, ImportOnce } from './imported-once.js';

/**
 * What the Millrace modules share within one application. They import it; a host application need not. Sockets are served
 * by `MillraceSocketsModule`.
 */
@Module({
  providers: [
    AccessNotices,
    AccessPolicy,
    ApiDocuments,
    BrowserOrigins,
    ConnectionSecurity,
    EnhancedCalls,
    FurtherServers,
    HandlerClasses,
    HostPaths,
    HostRoutes,
    HttpConnections,
    ImportedOnce,
    LiveConnections,
    OperationsRegistry,
    RawBody,
    Shutdown,
    SlowBodies,
  ],
  exports: [
    AccessPolicy,
    ApiDocuments,
    BrowserOrigins,
    ConnectionSecurity,
    EnhancedCalls,
    HandlerClasses,
    HostPaths,
    HostRoutes,
    ImportedOnce,
    LiveConnections,
    OperationsRegistry,
    RawBody,
    Shutdown,
    SlowBodies,
  ],
})
export class MillraceCoreModule implements NestModule {
  constructor(
    private readonly rawBody: RawBody,
    private readonly host: HttpAdapterHost,
    private readonly routes: HostRoutes,
    private readonly furtherServers: FurtherServers,
  ) {}

  /** Comes before Nest registers the routes of any controller. */
  configure(consumer: MiddlewareConsumer): void {
    this.routes.settle();
    const { httpAdapter } = this.host;
    if (isFastify(httpAdapter)) {
      this.rawBody.install(httpAdapter);
      this.furtherServers.install(httpAdapter);
    } else consumer.apply(this.rawBody.middleware).forRoutes('{*path}');
  }
}
