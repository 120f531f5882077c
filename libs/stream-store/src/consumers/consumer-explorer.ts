import { Injectable } from '@nestjs/common';
import { EnhancedCalls, type HandlerClass, HandlerClasses } from '@millrace/core/enhancers';
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
    private readonly classes: HandlerClasses,
    private readonly calls: EnhancedCalls,
  ) {}

  /** @throws MillraceError when a class has no method for entries, two for one thing, or is not a singleton */
  find(): FoundConsumer[] {
    const found: FoundConsumer[] = [];
    for (const one of this.classes) {
      const metadata = one.marked<StreamConsumerMetadata>(STREAM_CONSUMER);
      if (metadata) found.push(this.bind(one, metadata));
    }
    return found;
  }

  private bind(one: HandlerClass, metadata: StreamConsumerMetadata): FoundConsumer {
    const { name } = one;
    const instance = one.instanceFor('@StreamConsumer');
    const methods = new Map<ConsumerEvent, ConsumerMethod>();
    for (const { key, handler, metadata: event } of one.methods<ConsumerEvent>(CONSUMER_EVENT)) {
      if (methods.has(event)) throw misused(`${name}.${key} is a second method for "${event}"; keep one`);
      // No caller to be let in; and an error must reach us, not a filter, or the entry would count as dealt with.
      const kinds = { guards: false, interceptors: true, filters: false };
      const run = (value: unknown): unknown => handler.call(instance, value);
      methods.set(event, this.calls.bind({ instance, method: key, type: STREAM_CONTEXT, ...kinds, run }));
    }
    const onEntry = methods.get('entry');
    if (!onEntry) throw misused(`${name} consumes streams, but has no method with @OnEntry(); add one`);
    return { name, metadata, onEntry, onGap: methods.get('gap') };
  }
}

function misused(message: string): MillraceError {
  return new MillraceError('INVALID_OPTIONS', message);
}
