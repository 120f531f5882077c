import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { EnhancedCalls, HandlerClasses } from '@millrace/core/enhancers';
import { bindHandler } from '../../binding/bind-handler.js';
import { NOTIFICATION_HANDLER } from '../../api/on-notification.decorator.js';
import type { SourceSelector } from '../../api/source-handler.decorator.js';
import { ConnectorHub } from '../../api/connector-hub.js';

/** Finds `@OnNotification` methods and binds them, with guards, pipes, interceptors and filters of the host. */
@Injectable()
export class NotificationExplorer implements OnModuleInit {
  private readonly logger = new Logger(NotificationExplorer.name);

  constructor(
    private readonly classes: HandlerClasses,
    private readonly calls: EnhancedCalls,
    private readonly hub: ConnectorHub,
  ) {}

  /** @throws MillraceError when a class with such a method is not a singleton */
  onModuleInit(): void {
    for (const found of this.classes) {
      for (const { key, metadata: selector } of found.methods<SourceSelector>(NOTIFICATION_HANDLER)) {
        const call = bindHandler(this.calls, found.instanceFor('@OnNotification'), key);
        this.hub.onNotification(selector, (notification) => call(notification, notification.object));
        this.logger.log(`Mapped {${String(selector)}, notification} to ${found.name}.${key}`);
      }
    }
  }
}
