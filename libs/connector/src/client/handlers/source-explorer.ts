import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService, ExternalContextCreator, MetadataScanner } from '@nestjs/core';
import { bindHandler, type BoundHandler } from '../../binding/bind-handler.js';
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
import type { SourceHandlers } from '../../api/source-handlers.interface.js';

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
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly contexts: ExternalContextCreator,
  ) {}

  /** @throws ConnectorConfigError when two methods ask for the same event of a source, or a class is request-scoped */
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
        assign(handlers, handler);
        this.logger.log(`Mapped {${source}, ${event}} to ${place}`);
      }
      connection.configureHandlers(handlers);
    }
  }

  private find(sources: readonly string[], server: string): FoundHandler[] {
    const found: FoundHandler[] = [];
    for (const wrapper of this.discovery.getProviders()) {
      const { metatype } = wrapper;
      const name = String(wrapper.name);
      if (!metatype || wrapper.isAlias) continue;
      const metadata = Reflect.getMetadata(SOURCE_HANDLER, metatype) as SourceHandlerMetadata | undefined;
      if (metadata?.server !== server) continue;
      if (!wrapper.isDependencyTreeStatic()) {
        throw new ConnectorConfigError(
          `${name} has @SourceHandler, so it must not be request-scoped, nor inject what is; give it the default scope`,
        );
      }
      const { selector } = metadata;
      found.push(...this.handlers(wrapper.instance as object, name, selector));
      if (!sources.some((source) => selects(selector, source)))
        this.logger.warn(
          `${name} handles ${describe(selector)}, which is not among the sources (${sources.join(', ')})`,
        );
    }
    return found;
  }

  private handlers(instance: object, className: string, selector: SourceSelector): FoundHandler[] {
    const found: FoundHandler[] = [];
    for (const method of this.scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object)) {
      const event = Reflect.getMetadata(SOURCE_EVENT, (instance as Record<string, object>)[method]!) as
        SourceEvent | undefined;
      if (!event) continue;
      const call = bindHandler(this.contexts, instance, method);
      found.push({ selector, event, place: `${className}.${method}`, call });
    }
    if (found.length === 0) {
      throw new ConnectorConfigError(
        `${className} has no method with @OnConnect, @OnPublish, @OnQuery or @OnClose; add one, or remove @SourceHandler`,
      );
    }
    return found;
  }
}

function assign(handlers: SourceHandlers, { event, call }: FoundHandler): void {
  if (event === 'close') handlers.close = (context) => call(context);
  else if (event === 'query') handlers.query = (responder, object) => call(object, responder);
  else handlers[event] = (context, object) => call(object, context);
}

function describe(selector: SourceSelector): string {
  if (selector instanceof RegExp) return String(selector);
  return typeof selector === 'string' ? `"${selector}"` : selector.map((name) => `"${name}"`).join(', ');
}
