import { Injectable } from '@nestjs/common';
import { DiscoveryService, ExternalContextCreator, MetadataScanner } from '@nestjs/core';
import { MillraceError } from '@millrace/core/errors';
import type { ConsumerEvent, StreamConsumerMetadata } from '../api/stream-consumer.decorator.js';
import { CONSUMER_EVENT, STREAM_CONSUMER } from '../api/stream-consumer.decorator.js';

/** Execution context type of consumers' methods, as `ExecutionContext.getType()` gives it. */
const STREAM_CONTEXT = 'stream';

type ConsumerMethod = (value: unknown) => Promise<unknown>;

export interface FoundConsumer {
  readonly name: string;
  readonly metadata: StreamConsumerMetadata;
  readonly onEntry: ConsumerMethod;
  readonly onGap: ConsumerMethod | undefined;
}

/** Finds `@StreamConsumer` classes and binds their methods. */
@Injectable()
export class ConsumerExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly contexts: ExternalContextCreator,
  ) {}

  /** @throws MillraceError when a class has no method for entries, two for one thing, or is request-scoped */
  find(): FoundConsumer[] {
    const found: FoundConsumer[] = [];
    for (const wrapper of this.discovery.getProviders()) {
      const { metatype } = wrapper;
      if (typeof metatype !== 'function' || wrapper.isAlias) continue;
      const metadata = Reflect.getMetadata(STREAM_CONSUMER, metatype) as StreamConsumerMetadata | undefined;
      if (!metadata) continue;
      if (!wrapper.isDependencyTreeStatic())
        throw misused(`${metatype.name} consumes streams, so it must not be request-scoped, nor what it injects`);
      found.push(this.bind(wrapper.instance as object, metatype.name, metadata));
    }
    return found;
  }

  private bind(instance: object, name: string, metadata: StreamConsumerMetadata): FoundConsumer {
    const methods = new Map<ConsumerEvent, ConsumerMethod>();
    for (const method of this.scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object)) {
      const callback = (instance as Record<string, unknown>)[method] as (...values: unknown[]) => unknown;
      const event = Reflect.getMetadata(CONSUMER_EVENT, callback) as ConsumerEvent | undefined;
      if (!event) continue;
      if (methods.has(event)) throw misused(`${name}.${method} is a second method for "${event}"; keep one`);
      methods.set(event, this.wrap(instance, callback, method));
    }
    const onEntry = methods.get('entry');
    if (!onEntry) throw misused(`${name} consumes streams, but has no method with @OnEntry(); add one`);
    return { name, metadata, onEntry, onGap: methods.get('gap') };
  }

  private wrap(instance: object, callback: (...values: unknown[]) => unknown, method: string): ConsumerMethod {
    return this.contexts.create(
      instance,
      callback,
      method,
      undefined,
      undefined,
      undefined,
      undefined,
      // No caller to be let in; and an error must reach us, not a filter, or the entry would count as dealt with.
      { guards: false, interceptors: true, filters: false },
      STREAM_CONTEXT,
    ) as ConsumerMethod;
  }
}

function misused(message: string): MillraceError {
  return new MillraceError('INVALID_OPTIONS', message);
}
