import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService, ExternalContextCreator, MetadataScanner } from '@nestjs/core';
import { bindHandler, type BoundHandler } from '../../binding/bind-handler.js';
import {
  SOURCE_EVENT,
  type SourceEvent,
  selects,
  SOURCE_HANDLER,
  type SourceHandlerMetadata,
} from '../../api/source-handler.decorator.js';
import { ConnectorConfigError } from '../../errors/connector.error.js';
import type { ConnectorSet } from '../../api/connector-set.js';
import type { SourceHandlers } from '../../api/source-handlers.interface.js';

interface FoundHandler {
  readonly event: SourceEvent;
  readonly place: string;
  readonly call: BoundHandler;
}

interface FoundClass {
  readonly metadata: SourceHandlerMetadata;
  readonly name: string;
  readonly handlers: readonly FoundHandler[];
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
    const classes = this.classes(server);
    for (const [source, connection] of set.connections()) {
      const handlers = { ...connection.configuredHandlers };
      const places = new Map<SourceEvent, string>();
      for (const found of classes.filter(({ metadata }) => selects(metadata.selector, source))) {
        for (const handler of found.handlers) {
          const other = places.get(handler.event);
          if (other) {
            throw new ConnectorConfigError(
              `Source ${source}: ${other} and ${handler.place} both handle "${handler.event}"; keep one`,
            );
          }
          places.set(handler.event, handler.place);
          assign(handlers, handler);
          this.logger.log(`Mapped {${source}, ${handler.event}} to ${handler.place}`);
        }
      }
      connection.configureHandlers(handlers);
    }
    this.warnOfUnused(classes, set);
  }

  private warnOfUnused(classes: readonly FoundClass[], set: ConnectorSet): void {
    for (const { metadata, name } of classes) {
      if (!set.sources().some((source) => selects(metadata.selector, source))) {
        this.logger.warn(
          `${name} handles ${describe(metadata)}, which is not among the sources (${set.sources().join(', ')})`,
        );
      }
    }
  }

  private classes(server: string): FoundClass[] {
    const found: FoundClass[] = [];
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
      const instance: unknown = wrapper.instance;
      if (typeof instance !== 'object' || instance === null) continue;
      found.push({ metadata, name, handlers: this.handlers(instance, name) });
    }
    return found;
  }

  private handlers(instance: object, className: string): FoundHandler[] {
    const found: FoundHandler[] = [];
    for (const method of this.scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object)) {
      const event = Reflect.getMetadata(SOURCE_EVENT, (instance as Record<string, object>)[method]!) as
        SourceEvent | undefined;
      if (!event) continue;
      found.push({ event, place: `${className}.${method}`, call: bindHandler(this.contexts, instance, method) });
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

function describe({ selector }: SourceHandlerMetadata): string {
  if (selector instanceof RegExp) return String(selector);
  return typeof selector === 'string' ? `"${selector}"` : selector.map((name) => `"${name}"`).join(', ');
}
