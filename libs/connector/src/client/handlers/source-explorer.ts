import { Injectable, Logger } from '@nestjs/common';
import { EnhancedCalls, type HandlerClass, HandlerClasses } from '@millrace/core/enhancers';
import { type BoundHandler, bindHandler } from '../../binding/bind-handler.js';
import {
  SOURCE_EVENT,
  type SourceEvent,
  selects,
  SOURCE_HANDLER,
  type SourceHandlerMetadata,
  type SourceSelector,
} from '../../api/source-handler.decorator.js';
import { ConnectorConfigError } from '../../errors/connector.error.js';
import type { ConnectorSet } from '../../api/connector-set.js';

interface FoundHandler {
  readonly selector: SourceSelector;
  readonly event: SourceEvent;
  readonly place: string;
  readonly call: BoundHandler;
}

/** Finds `@SourceHandler` classes and binds their methods, with guards, pipes, interceptors and filters of the host. */
@Injectable()
export class SourceExplorer {
  private readonly logger = new Logger(SourceExplorer.name);

  constructor(
    private readonly classes: HandlerClasses,
    private readonly calls: EnhancedCalls,
  ) {}

  /** @throws MillraceError when two methods ask for the same event of a source, or a class is not a singleton */
  bind(set: ConnectorSet, server: string): void {
    const found = this.find(set.sources(), server);
    for (const [source, connection] of set.connections()) {
      const handlers = { ...connection.configuredHandlers };
      const places = new Map<SourceEvent, string>();
      for (const handler of found.filter(({ selector }) => selects(selector, source))) {
        const { event, place } = handler;
        const other = places.get(event);
        if (other) {
          throw new ConnectorConfigError(`Source ${source}: ${other} and ${place} both handle "${event}"; keep one`);
        }
        places.set(event, place);
        handlers[event] = handler.call;
        this.logger.log(`Mapped {${source}, ${event}} to ${place}`);
      }
      connection.configureHandlers(handlers);
    }
  }

  private find(sources: readonly string[], server: string): FoundHandler[] {
    const found: FoundHandler[] = [];
    for (const one of this.classes) {
      const metadata = one.marked<SourceHandlerMetadata>(SOURCE_HANDLER);
      if (metadata?.server !== server) continue;
      const { name } = one;
      const { selector } = metadata;
      found.push(...this.handlers(one, selector));
      if (!sources.some((source) => selects(selector, source)))
        this.logger.warn(
          `${name} handles ${describe(selector)}, which is not among the sources (${sources.join(', ')})`,
        );
    }
    return found;
  }

  private handlers(one: HandlerClass, selector: SourceSelector): FoundHandler[] {
    const found: FoundHandler[] = [];
    const instance = one.instanceFor('@SourceHandler');
    for (const { key, metadata: event } of one.methods<SourceEvent>(SOURCE_EVENT)) {
      const call = bindHandler(this.calls, instance, key);
      found.push({ selector, event, place: `${one.name}.${key}`, call });
    }
    if (found.length === 0) {
      throw new ConnectorConfigError(
        `${one.name} has no method with @OnConnect, @OnPublish, @OnQuery or @OnClose; add one, or remove @SourceHandler`,
      );
    }
    return found;
  }
}

function describe(selector: SourceSelector): string {
  if (selector instanceof RegExp) return String(selector);
  return typeof selector === 'string' ? `"${selector}"` : selector.map((name) => `"${name}"`).join(', ');
}
