import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, ExternalContextCreator, MetadataScanner } from '@nestjs/core';
import { bindHandler } from '../../binding/bind-handler.js';
import { NOTIFICATION_HANDLER } from '../../api/on-notification.decorator.js';
import type { SourceSelector } from '../../api/source-handler.decorator.js';
import { ConnectorConfigError } from '../../errors/connector.error.js';
import { ConnectorHub } from '../../api/connector-hub.js';

/** Finds `@OnNotification` methods and binds them, with guards, pipes, interceptors and filters of the host. */
@Injectable()
export class NotificationExplorer implements OnModuleInit {
  private readonly logger = new Logger(NotificationExplorer.name);

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly contexts: ExternalContextCreator,
    private readonly hub: ConnectorHub,
  ) {}

  /** @throws ConnectorConfigError when a class with such a method is request-scoped */
  onModuleInit(): void {
    for (const wrapper of this.discovery.getProviders()) {
      const { metatype } = wrapper;
      if (!metatype || wrapper.isAlias || typeof metatype !== 'function' || !metatype.prototype) continue;
      for (const method of this.scanner.getAllMethodNames(metatype.prototype as object)) {
        const callback = (metatype.prototype as Record<string, unknown>)[method];
        if (typeof callback !== 'function') continue;
        const selector = Reflect.getMetadata(NOTIFICATION_HANDLER, callback) as SourceSelector | undefined;
        if (selector === undefined) continue;
        const place = `${metatype.name}.${method}`;
        if (!wrapper.isDependencyTreeStatic()) {
          throw new ConnectorConfigError(
            `${place} has @OnNotification, so its class must not be request-scoped, nor inject what is; give it the default scope`,
          );
        }
        const call = bindHandler(this.contexts, wrapper.instance as object, method);
        this.hub.onNotification(selector, (notification) => call(notification.object, notification));
        this.logger.log(`Mapped {${String(selector)}, notification} to ${place}`);
      }
    }
  }
}
